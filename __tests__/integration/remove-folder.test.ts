import {
  chmodSync,
  existsSync,
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
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { removeFolder } from "../../src/adapters/remove-folder.ts";

let outside: string;
let folder: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "remove-folder-"));
  folder = join(outside, "doomed");
  mkdirSync(folder);
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

test("a folder goes with everything in it", async () => {
  mkdirSync(join(folder, "a/b/c"), { recursive: true });
  for (const name of ["x", ".hidden", "a/y", "a/b/c/z"]) writeFileSync(join(folder, name), "");
  await removeFolder(folder);
  expect(existsSync(folder)).toBe(false);
});

test("a folder that is not there is no failure", async () => {
  await expect(removeFolder(join(outside, "none"))).resolves.toBeUndefined();
});

test("names that are no text go too", async () => {
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, 0x0a])]), "");
  await removeFolder(folder);
  expect(existsSync(folder)).toBe(false);
});

test("a link in the folder's own place goes, and what it leads to stays whole", async () => {
  mkdirSync(join(outside, "kept"));
  writeFileSync(join(outside, "kept/file"), "kept");
  chmodSync(join(outside, "kept"), 0o755);
  rmSync(folder, { recursive: true });
  symlinkSync(join(outside, "kept"), folder);
  await removeFolder(folder);
  expect(lstatSync(folder, { throwIfNoEntry: false })).toBeUndefined();
  expect(readFileSync(join(outside, "kept/file"), "utf8")).toBe("kept");
  expect(statSync(join(outside, "kept")).mode & 0o777).toBe(0o755);
});

test("what a link leads to stays as it is", async () => {
  mkdirSync(join(outside, "kept"));
  writeFileSync(join(outside, "kept/file"), "kept");
  symlinkSync(join(outside, "kept"), join(folder, "link"));
  symlinkSync("/nowhere", join(folder, "dangling"));
  await removeFolder(folder);
  expect(existsSync(folder)).toBe(false);
  expect(readFileSync(join(outside, "kept/file"), "utf8")).toBe("kept");
});
