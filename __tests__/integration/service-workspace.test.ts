import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { actionNode } from "../../loopback/runner.ts";
import { openWorkspace } from "../../src/adapters/service/workspace.ts";

// Above what Linux and macOS give to any process.
const NO_PROCESS = 2 ** 30;

// No mode holds root up, unless it has no name in its namespace.
const HELD_UP = process.getuid?.() === 0 ? ["unshare", "--user"] : [];
const canBeHeldUp = spawnSync("env", [...HELD_UP, "true"]).status === 0;

async function withFolder(act: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "agent-runner-workspace-"));
  try {
    await act(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

describe("the workspace", () => {
  test("loses what dead processes left, and keeps what belongs to living ones and to nobody", async () => {
    await withFolder(async (root) => {
      const names = [`process-${NO_PROCESS}@${hostname()}`, `process-1@${hostname()}`, "notes"];
      const paths = names.map((name) => join(root, name));
      for (const path of paths) await mkdir(join(path, "sub"), { recursive: true });
      await openWorkspace(root);
      expect(paths.map(existsSync)).toEqual([false, true, true]);
    });
  });

  test("loses what another machine left a week ago, and nothing that it may be at work in", async () => {
    await withFolder(async (root) => {
      const paths = ["process-1@old", "process-1@young"].map((name) => join(root, name));
      for (const path of paths) await mkdir(path);
      const eightDaysAgo = Date.now() / 1000 - 8 * 86_400;
      await utimes(join(root, "process-1@old"), eightDaysAgo, eightDaysAgo);
      await openWorkspace(root);
      expect(paths.map(existsSync)).toEqual([false, true]);
    });
  });

  (canBeHeldUp ? test : test.skip)(
    "is opened though a dead process's step left folders that may not be written to",
    async () => {
      await withFolder(async (root) => {
        const left = join(root, `process-${NO_PROCESS}@${hostname()}`);
        await mkdir(join(left, "checkout"), { recursive: true });
        await writeFile(join(left, "checkout", "file"), "");
        await chmod(join(left, "checkout"), 0o555);
        const module = new URL("../../src/adapters/service/workspace.ts", import.meta.url).href;
        const script = `const { openWorkspace } = await import(${JSON.stringify(module)}); await openWorkspace(${JSON.stringify(root)});`;
        const args = [...HELD_UP, actionNode(), "--input-type=module", "-e", script];
        const { status, stderr } = spawnSync("env", args, { encoding: "utf8" });
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(existsSync(left)).toBe(false);
      });
    },
  );

  test("has a folder that goes with the process", async () => {
    await withFolder(async (root) => {
      const { folder, dispose } = await openWorkspace(root);
      expect(existsSync(folder)).toBe(true);
      await dispose();
      expect(existsSync(folder)).toBe(false);
    });
  });

  test("makes its folders anew where the system has cleared them away", async () => {
    await withFolder(async (root) => {
      const { folder, kept, ensure } = await openWorkspace(root);
      await rm(root, { recursive: true });
      await ensure();
      expect([folder, kept].map(existsSync)).toEqual([true, true]);
    });
  });

  test("is refused by name where it cannot be made", async () => {
    await withFolder(async (root) => {
      await writeFile(join(root, "file"), "");
      await expect(openWorkspace(join(root, "file", "below"))).rejects.toMatchObject({
        code: "invalid-input",
        detail: expect.stringContaining("`AGENT_WORKSPACE`"),
      });
    });
  });

  test("is opened by many processes at once, though all of them clear it up", async () => {
    await withFolder(async (root) => {
      for (let number = 0; number < 50; number++) {
        const path = join(root, "kept", `work-${number}`);
        await mkdir(path, { recursive: true });
        await utimes(path, 0, 0);
      }
      await expect(Promise.all(Array.from({ length: 8 }, () => openWorkspace(root)))).resolves.toHaveLength(
        8,
      );
      expect(await readdir(join(root, "kept"))).toEqual([]);
    });
  });

  test("keeps work that was not pushed for a week", async () => {
    await withFolder(async (root) => {
      const { kept } = await openWorkspace(root);
      const [old, young] = [join(kept, "old"), join(kept, "young")];
      for (const path of [old, young]) await mkdir(path);
      const eightDaysAgo = Date.now() / 1000 - 8 * 86_400;
      await utimes(old, eightDaysAgo, eightDaysAgo);
      await openWorkspace(root);
      expect([old, young].map(existsSync)).toEqual([false, true]);
    });
  });
});
