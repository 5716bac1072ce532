import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { watchFileCommands } from "../../../src/adapters/file-commands.ts";

const NAMES = ["GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "file-commands-"));
  for (const name of NAMES) writeFileSync(file(name), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);
const content = (name: string) => readFileSync(file(name), "utf8");
const watch = () => watchFileCommands(Object.fromEntries(NAMES.map((name) => [name, file(name)])));

describe("the runner's files", () => {
  test("get outputs and state in the runner's form, whatever the value holds", () => {
    const files = watch();
    files.setOutput("outcome", "opened");
    files.setOutput("text", "a\nend\nb=c<<d");
    files.saveState("finished", "yes");
    expect(content("GITHUB_OUTPUT")).toMatch(
      /^outcome<<(end_\S+)\nopened\n\1\ntext<<(end_\S+)\na\nend\nb=c<<d\n\2\n$/,
    );
    expect(content("GITHUB_STATE")).toMatch(/^finished<<(end_\S+)\nyes\n\1\n$/);
    expect(files.problems()).toEqual([]);
  });

  test("keep what stood in them before", () => {
    writeFileSync(file("GITHUB_STEP_SUMMARY"), "before\n");
    const files = watch();
    files.addSummary("after");
    expect(content("GITHUB_STEP_SUMMARY")).toBe("before\nafter\n");
    expect(files.problems()).toEqual([]);
  });

  test("may be missing where the server knows none", () => {
    const files = watchFileCommands({});
    files.addSummary("text");
    files.setOutput("a", "b");
    expect(files.problems()).toEqual([]);
  });
});

describe("a file that a step wrote to", () => {
  test.each([
    ["behind ours", () => appendFileSync(file("GITHUB_OUTPUT"), "outcome=opened\n")],
    ["over ours", () => writeFileSync(file("GITHUB_OUTPUT"), "outcome=opened\n")],
    ["in place of ours", () => writeFileSync(file("GITHUB_OUTPUT"), `x${content("GITHUB_OUTPUT").slice(1)}`)],
    ["nothing, and emptied it", () => truncateSync(file("GITHUB_OUTPUT"))],
  ])("%s holds only what is ours again, and is told of", (_, attack) => {
    const files = watch();
    files.setOutput("first", "1");
    const before = content("GITHUB_OUTPUT");
    attack();
    files.setOutput("second", "2");
    expect(content("GITHUB_OUTPUT").startsWith(before)).toBe(true);
    expect(content("GITHUB_OUTPUT").slice(before.length)).toMatch(/^second<<(end_\S+)\n2\n\1\n$/);
    expect(files.problems()).toEqual(["`GITHUB_OUTPUT` was written to by somebody else, which was undone."]);
  });

  test.each(["GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"])("is found also where it is %s", (name) => {
    const files = watch();
    appendFileSync(file(name), "NODE_OPTIONS=--require /tmp/evil.js\n");
    expect(files.problems()).toHaveLength(1);
    expect(content(name)).toBe("");
  });
});

describe("a file that a step replaced", () => {
  const attacks: [string, () => void][] = [
    ["another file", () => renameSync(aVictim(), file("GITHUB_OUTPUT"))],
    ["a link", () => replace((path) => symlinkSync(aVictim(), path))],
    ["a second name of a file", () => replace((path) => linkSync(aVictim(), path))],
    ["a pipe", () => replace((path) => execFileSync("mkfifo", [path]))],
    ["a folder", () => replace((path) => execFileSync("mkdir", [path]))],
    ["nothing", () => replace(() => {})],
  ];

  test.each(attacks)("by %s is never written to, and told of", (_, attack) => {
    const files = watch();
    const victim = aVictim();
    attack();
    files.setOutput("outcome", "opened");
    expect(files.problems()).toEqual([
      "`GITHUB_OUTPUT` was replaced by somebody else, so nothing was written to it.",
    ]);
    if (attack !== attacks[0]?.[1]) expect(readFileSync(victim, "utf8")).toBe("theirs");
  });

  test("by nothing of its own, having got a second name, is not written to either", () => {
    const files = watch();
    linkSync(file("GITHUB_OUTPUT"), file("second-name"));
    files.setOutput("outcome", "opened");
    expect(content("second-name")).toBe("");
    expect(files.problems()).toHaveLength(1);
  });

  function aVictim(): string {
    writeFileSync(file("victim"), "theirs");
    return file("victim");
  }

  function replace(put: (path: string) => void): void {
    rmSync(file("GITHUB_OUTPUT"));
    put(file("GITHUB_OUTPUT"));
  }
});

test("a variable that names no regular file from the start is told of", () => {
  const files = watchFileCommands({ GITHUB_OUTPUT: folder });
  expect(files.problems()).toEqual(["`GITHUB_OUTPUT` names no regular file, so nothing was written to it."]);
});
