import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createArtifacts } from "../../src/adapters/artifacts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "artifacts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string): Promise<Uint8Array> {
  return createArtifacts({ temporaryFolder: folder }).read(join(folder, name), 1000);
}

describe("a file that an enemy may have laid down", () => {
  test("is read to its last byte", async () => {
    writeFileSync(join(folder, "report"), Buffer.alloc(1000, 7));
    expect(Buffer.from(await read("report"))).toEqual(Buffer.alloc(1000, 7));
  });

  test.each<[string, string, (path: string) => void]>([
    ["is missing", "is missing, a link", () => {}],
    ["is a link", "is missing, a link", (path) => symlinkSync(folder, path)],
    ["is a folder", "is not a regular file", (path) => mkdirSync(path)],
    ["is a pipe that nobody writes to", "is not a regular file", (path) => execFileSync("mkfifo", [path])],
    ["is too long", "has 1001 bytes", (path) => writeFileSync(path, Buffer.alloc(1001))],
    [
      "is far too long",
      `has ${2 ** 40} bytes`,
      (path) => {
        writeFileSync(path, "");
        truncateSync(path, 2 ** 40);
      },
    ],
  ])("and %s is refused, and named", async (_, words, lay) => {
    lay(join(folder, "report"));
    await expect(read("report")).rejects.toMatchObject({
      code: "invalid-report",
      detail: expect.stringMatching(new RegExp(`^The file \`.*/report\` ${words}`)),
    });
  });
});

test("a folder is new each time, and no file in it is written over", async () => {
  const artifacts = createArtifacts({ temporaryFolder: folder });
  const [one, other] = [await artifacts.makeFolder("x"), await artifacts.makeFolder("x")];
  expect(one).not.toBe(other);
  await artifacts.write(join(one, "a"), Buffer.from("1"));
  await expect(artifacts.write(join(one, "a"), Buffer.from("2"))).rejects.toMatchObject({ code: "EEXIST" });
});
