import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createFirstFree, createNamedFile } from "../../src/adapters/audit/trail-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-file-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("an audit trail's file", () => {
  test("can be read by its owner alone", () => {
    const { path } = createFirstFree(join(folder, "trail"));
    expect([path, modeOf(path)]).toEqual([join(folder, "trail.jsonl"), "600"]);
  });

  test("is a new one for each step of a job", () => {
    const paths = [1, 2, 3].map(() => createFirstFree(join(folder, "trail")).path);
    expect(paths).toEqual(
      ["trail.jsonl", "trail-2.jsonl", "trail-3.jsonl"].map((name) => join(folder, name)),
    );
  });

  test.each([
    ["exists already", "taken.jsonl"],
    ["cannot be made", "no-folder/trail.jsonl"],
  ])("that %s is refused, and named", (why, name) => {
    writeFileSync(join(folder, "taken.jsonl"), "kept");
    expect(() => createNamedFile(join(folder, name))).toThrow(`a file that ${why}`);
    expect(readFileSync(join(folder, "taken.jsonl"), "utf8")).toBe("kept");
  });

  test("is never made through a link", () => {
    symlinkSync(join(folder, "bait"), join(folder, "trail.jsonl"));
    expect(createFirstFree(join(folder, "trail")).path).toBe(join(folder, "trail-2.jsonl"));
    expect(existsSync(join(folder, "bait"))).toBe(false);
  });

  test("holds what was appended, and has no problem then", () => {
    const file = createFirstFree(join(folder, "trail"));
    file.append("one\n");
    file.append("zwö\n");
    expect(readFileSync(file.path, "utf8")).toBe("one\nzwö\n");
    expect(file.problem("one\nzwö\n")).toBeNull();
  });

  const BAIT = "bait";
  test.each<[string, (path: string) => void, string]>([
    ["was written to", (path) => writeFileSync(path, "forged\n", { flag: "a" }), "changed"],
    ["was emptied", (path) => writeFileSync(path, ""), "changed"],
    ["was overwritten in the same length", (path) => writeFileSync(path, "oNe\n"), "changed"],
    ["was removed", (path) => rmSync(path), "replaced or removed"],
    [
      "was replaced by another file",
      (path) => {
        rmSync(path);
        writeFileSync(path, "one\n");
      },
      "replaced or removed",
    ],
    [
      "was replaced by a link",
      (path) => {
        rmSync(path);
        symlinkSync(join(folder, BAIT), path);
      },
      "replaced or removed",
    ],
    ["got a second name", (path) => linkSync(path, join(folder, "second")), "replaced or removed"],
  ])("that %s is put right, and nothing else is touched", (_what, tamper, problem) => {
    writeFileSync(join(folder, BAIT), "kept");
    const file = createFirstFree(join(folder, "trail"));
    file.append("one\n");
    tamper(file.path);
    expect(file.problem("one\n")).toContain(problem);
    expect(file.restore("one\n")).toBe(file.path);
    expect([readFileSync(file.path, "utf8"), modeOf(file.path)]).toEqual(["one\n", "600"]);
    expect(lstatSync(file.path).isFile()).toBe(true);
    expect(readFileSync(join(folder, BAIT), "utf8")).toBe("kept");
  });

  test("that made room for a folder stands beside it", () => {
    const file = createFirstFree(join(folder, "trail"));
    rmSync(file.path);
    mkdirSync(file.path);
    const path = file.restore("one\n");
    expect(path).toMatch(/trail\.jsonl\.[\w-]+\.jsonl$/);
    expect([readFileSync(path, "utf8"), modeOf(path)]).toEqual(["one\n", "600"]);
  });
});
