import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
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
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { actionNode } from "../../loopback/runner.ts";
import { removeFolder, removeStepFolder } from "../../src/adapters/remove-folder.ts";

/** With a space in its name, which lists of mounts write as a number. */
let outside: string;
let folder: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "remove folder-"));
  folder = join(outside, "doomed");
  mkdirSync(folder);
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

describe.each([
  { name: "a folder of ours", remove: removeFolder },
  { name: "a folder of a step", remove: removeStepFolder },
])("deletion of $name", ({ remove }) => {
  test("a folder goes with everything in it", async () => {
    mkdirSync(join(folder, "a/b/c"), { recursive: true });
    for (const name of ["x", ".hidden", "a/y", "a/b/c/z"]) writeFileSync(join(folder, name), "");
    await remove(folder);
    expect(existsSync(folder)).toBe(false);
  });

  test("a folder that is not there is no failure", async () => {
    await expect(remove(join(outside, "none"))).resolves.toBeUndefined();
  });

  test("names that are no text go too", async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, 0x0a])]), "");
    await remove(folder);
    expect(existsSync(folder)).toBe(false);
  });

  test("a link in the folder's own place goes, and what it leads to stays whole", async () => {
    mkdirSync(join(outside, "kept"));
    writeFileSync(join(outside, "kept/file"), "kept");
    chmodSync(join(outside, "kept"), 0o755);
    rmSync(folder, { recursive: true });
    symlinkSync(join(outside, "kept"), folder);
    await remove(folder);
    expect(lstatSync(folder, { throwIfNoEntry: false })).toBeUndefined();
    expect(readFileSync(join(outside, "kept/file"), "utf8")).toBe("kept");
    expect(statSync(join(outside, "kept")).mode & 0o777).toBe(0o755);
  });

  test("what a link leads to stays as it is", async () => {
    mkdirSync(join(outside, "kept"));
    writeFileSync(join(outside, "kept/file"), "kept");
    symlinkSync(join(outside, "kept"), join(folder, "link"));
    symlinkSync("/nowhere", join(folder, "dangling"));
    await remove(folder);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync(join(outside, "kept/file"), "utf8")).toBe("kept");
  });
});

/** Deletes the folder in a process of its own; the command is put before it. */
function removeBehind(...command: string[]): { status: number | null; stderr: string } {
  const module = new URL("../../src/adapters/remove-folder.ts", import.meta.url).href;
  const script = `const { removeStepFolder } = await import(${JSON.stringify(module)}); await removeStepFolder(${JSON.stringify(folder)});`;
  const [program = "", ...args] = [...command, actionNode(), "--input-type=module", "-e", script];
  const { status, stderr } = spawnSync(program, args, { cwd: outside, encoding: "utf8" });
  return { status, stderr };
}

/** Mounts in a namespace of its own, then deletes the folder there. */
function removeWithMount(mount: string): { status: number | null; stderr: string } {
  const shell = `${mount} && exec "$0" "$@"`;
  return removeBehind("unshare", "--user", "--map-root-user", "--mount", "bash", "-c", shell);
}

const canUnshare = spawnSync("unshare", ["--user", "true"]).status === 0;

// Without a name in its namespace, root too has no more than its files' modes give it.
(canUnshare ? describe : describe.skip)("for whoever is not root", () => {
  test("folders that may not be written to, read or entered go too", () => {
    mkdirSync(join(folder, "module/deep"), { recursive: true });
    for (const name of ["module/file", "module/deep/file"]) writeFileSync(join(folder, name), "");
    mkdirSync(join(folder, "shut"));
    writeFileSync(join(folder, "shut/file"), "");
    chmodSync(join(folder, "shut"), 0);
    for (const name of ["module/deep", "module"]) chmodSync(join(folder, name), 0o555);
    expect(removeBehind("unshare", "--user")).toEqual({ status: 0, stderr: "" });
    expect(existsSync(folder)).toBe(false);
  });

  const canGiveAway = process.getuid?.() === 0;
  (canGiveAway ? test : test.skip)(
    "what cannot be deleted is told in few words, however much of it a step left",
    () => {
      const locked = join(folder, ...Array.from({ length: 10 }, () => "d".repeat(250)));
      mkdirSync(locked, { recursive: true });
      for (let n = 0; n < 200; n++) writeFileSync(join(locked, `file-${n}`), "");
      chownSync(locked, 65_534, 65_534);
      writeFileSync(join(folder, "own"), "");
      const { status, stderr } = removeBehind("unshare", "--user");
      expect(status).toBe(1);
      expect(stderr).toContain("/usr/bin/rm: cannot remove");
      expect(stderr.length).toBeLessThan(10_000);
      expect(existsSync(join(folder, "own"))).toBe(false);
    },
  );
});

const canMount = spawnSync("unshare", ["--user", "--map-root-user", "--mount", "true"]).status === 0;

(canMount ? describe : describe.skip)("what is mounted", () => {
  beforeEach(() => {
    mkdirSync(join(outside, "kept"));
    writeFileSync(join(outside, "kept/file"), "kept");
  });

  test.each([
    ["in the folder", "mkdir -p doomed/a/b && mount --bind kept doomed/a/b"],
    ["in the folder's own place", "mount --bind kept doomed"],
  ])("%s stays whole, and the deletion fails", (_where, mount) => {
    writeFileSync(join(folder, "own"), "");
    const { status, stderr } = removeWithMount(mount);
    expect(stderr).toContain("Something is mounted in");
    expect(status).toBe(1);
    expect(readFileSync(join(outside, "kept/file"), "utf8")).toBe("kept");
  });

  test("beside the folder keeps nothing from being deleted", () => {
    const { status } = removeWithMount("mkdir doomed-too && mount --bind kept doomed-too");
    expect(status).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync(join(outside, "kept/file"), "utf8")).toBe("kept");
  });
});
