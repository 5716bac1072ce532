import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { baseEnvironment, locateGit } from "../../src/adapters/git/environment.ts";
import { createMirrors } from "../../src/adapters/git/mirrors.ts";
import type { GitOptions } from "../../src/adapters/git/repository.ts";
import { BRANCH, type GitScene, listed, takeWork, WANT, withGit } from "../builders/git.ts";

const FILES = { "a.txt": "one\n", "src/b.txt": "two\n" };

/** Plays `act` with an adapter whose checkouts go through mirrors in a folder of their own. */
async function withMirrors(act: (scene: GitScene & { folder: string }) => Promise<void>): Promise<void> {
  await withGit(FILES, async (scene) => {
    const folder = join(scene.room, "mirrors");
    await act({ ...scene, folder, git: scene.connect({ mirrors: createMirrors(folder) }) });
  });
}

/** Every file below a folder, as one text, for a search. */
function allTextIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1")).join("\n");
}

/** Cuts the mirror's objects off, as a full disk does. */
function cutObjects(mirror: string): void {
  const entries = readdirSync(join(mirror, "objects"), { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
    const path = join(parentPath, name);
    const part = readFileSync(path).subarray(0, 10);
    rmSync(path);
    writeFileSync(path, part);
  }
}

describe("a checkout through a mirror", () => {
  test("holds what the server holds, and its work is taken as ever", async () => {
    await withMirrors(async ({ git, url, inRemote }) => {
      const { changes, base } = await takeWork(git, url, "echo three > c.txt; rm a.txt");
      expect(base).toBe(await inRemote("rev-parse", "main"));
      expect(listed(changes)).toEqual(["deleted a.txt", "added c.txt"]);
    });
  });

  test("sees what was pushed since the last one, and branches that came and went", async () => {
    await withMirrors(async ({ git, url, commitRemote, inRemote }) => {
      const first = await git.checkout(url, WANT);
      const base = await commitRemote("main", { "a.txt": "new\n" });
      const branch = await commitRemote(BRANCH, { "x.txt": "x\n" }, base);
      const second = await git.checkout(url, WANT);
      expect(first.refs.branch).toBeNull();
      expect(second.refs).toEqual({ base, branch });
      await second.switchTo(branch);
      expect(readFileSync(join(second.path, "x.txt"), "utf8")).toBe("x\n");
      await inRemote("update-ref", "-d", `refs/heads/${BRANCH}`);
      expect((await git.checkout(url, WANT)).refs).toEqual({ base, branch: null });
    });
  });

  test("carries no trace of the mirror that a step could follow", async () => {
    await withMirrors(async ({ git, url, folder }) => {
      const checkout = await git.checkout(url, WANT);
      await checkout.switchTo(checkout.refs.base);
      expect(allTextIn(checkout.path)).not.toContain(folder);
      expect(readFileSync(join(checkout.path, ".git", "config"), "utf8")).toContain(url);
    });
  });

  test("shares no file with the mirror, so that a step that writes to its own objects changes nothing for others", async () => {
    await withMirrors(async ({ git, url }) => {
      const { checkout } = await takeWork(git, url, "true");
      for (const { parentPath, name } of readdirSync(join(checkout.path, ".git", "objects"), {
        recursive: true,
        withFileTypes: true,
      }).filter((entry) => entry.isFile())) {
        rmSync(join(parentPath, name));
        writeFileSync(join(parentPath, name), "spoilt");
      }
      const { changes } = await takeWork(git, url, "echo more >> a.txt");
      expect(listed(changes)).toEqual(["modified a.txt"]);
    });
  });

  test("comes from the server where the mirror is broken, and from a new mirror after that", async () => {
    await withMirrors(async ({ git, url, folder, inRemote }) => {
      await git.checkout(url, WANT);
      const [mirror = ""] = readdirSync(folder);
      rmSync(join(folder, mirror, "objects"), { recursive: true });
      writeFileSync(join(folder, mirror, "objects"), "no folder");
      for (let time = 0; time < 2; time++) {
        expect((await git.checkout(url, WANT)).refs.base).toBe(await inRemote("rev-parse", "main"));
      }
      expect(readdirSync(folder)).toEqual([mirror]);
    });
  });

  test.each<[string, (mirror: string) => void]>([
    ["the mirror has lost parts of its objects", cutObjects],
    ["git was killed while it wrote there", (mirror) => writeFileSync(join(mirror, "shallow.lock"), "")],
  ])("comes from the server where %s", async (_, spoil) => {
    await withMirrors(async ({ git, url, folder, commitRemote }) => {
      await git.checkout(url, WANT);
      const [mirror = ""] = readdirSync(folder);
      spoil(join(folder, mirror));
      const base = await commitRemote("main", { "a.txt": "new\n" });
      for (let time = 0; time < 2; time++) {
        const checkout = await git.checkout(url, WANT);
        await checkout.switchTo(base);
        expect(readFileSync(join(checkout.path, "a.txt"), "utf8")).toBe("new\n");
      }
    });
  });

  test("is right for each of many that come at once", async () => {
    await withMirrors(async ({ git, url, commitRemote }) => {
      const base = await commitRemote("main", { "a.txt": "new\n" });
      const checkouts = await Promise.all(Array.from({ length: 6 }, () => git.checkout(url, WANT)));
      expect(checkouts.map(({ refs }) => refs.base)).toEqual(Array(6).fill(base));
    });
  });

  test("fails as a checkout from the server does where the base is missing", async () => {
    await withMirrors(async ({ git, url }) => {
      await expect(git.checkout(url, { base: "gone", branch: BRANCH })).rejects.toMatchObject({
        code: "base-not-found",
      });
    });
  });
});

describe("a mirror that makes room for others", () => {
  test("is neither removed nor written to while somebody uses it, though somebody else asks for it meanwhile", async () => {
    await withGit(FILES, async ({ url, remote, room, temporary }) => {
      const gitPath = locateGit(process.env.PATH);
      const options: GitOptions = {
        ...{ gitPath, environment: baseEnvironment(gitPath, process.env), deadlineMs: 60_000 },
        token: async () => "a-token",
        temporaryFolder: temporary,
        log: { debug: () => {}, outside: () => {} },
        cancellation: new AbortController().signal,
      };
      const mirrors = createMirrors(join(room, "mirrors"));
      const order: string[] = [];
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const use = (name: string, of: string, wait?: Promise<void>) =>
        mirrors.withMirror(options, of, WANT, async (nearest) => {
          order.push(`${name} begins`);
          await wait;
          order.push(`${name} ends`);
          return existsSync(new URL(nearest));
        });
      const first = use("first", url, held);
      const others = Array.from({ length: 20 }, async (_, index) => {
        const other = join(room, `other-${index}.git`);
        symlinkSync(remote, other);
        await use("other", `file://${other}`);
      });
      const second = use("second", url);
      await Promise.all(others);
      release();
      expect(await Promise.all([first, second])).toEqual([true, true]);
      expect(order.filter((each) => !each.startsWith("other"))).toEqual([
        ...["first begins", "first ends"],
        ...["second begins", "second ends"],
      ]);
    });
  });
});
