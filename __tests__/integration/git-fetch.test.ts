import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { BASE, BRANCH, WANT, withGit } from "../builders/git.ts";

const FILES = { "README.md": "# Target\n", "src/a.txt": "a\n" };

describe("the refs that are wanted", () => {
  test("are found by their exact names, among others that begin and end like them", () =>
    withGit(FILES, async ({ url, git, commitRemote, inRemote }) => {
      const main = await inRemote("rev-parse", BASE);
      const branch = await commitRemote(BRANCH, { "b.txt": "b\n" }, main);
      for (const name of ["mainin", "ma/x/in", `${BRANCH}8`, `x${BRANCH}`])
        await commitRemote(name, { c: "c" }, main);
      const store = await git.open(url);
      expect(await store.fetch(WANT)).toEqual({ base: main, branch });
    }));

  test("may lack the branch, even where another one is named much like it", () =>
    withGit(FILES, async ({ url, git, commitRemote, inRemote }) => {
      const main = await inRemote("rev-parse", BASE);
      await commitRemote("agent-task-1-12345678-agent-task-1-12345678", { c: "c" }, main);
      const store = await git.open(url);
      expect(await store.fetch(WANT)).toEqual({ base: main, branch: null });
    }));

  test("may be one letter, non-ASCII or deep in folders", () =>
    withGit(FILES, async ({ url, git, commitRemote, inRemote }) => {
      const main = await inRemote("rev-parse", BASE);
      const store = await git.open(url);
      for (const branch of ["x", "ä", "größe/😀", "a/b/c"]) {
        await commitRemote(branch, { c: branch }, main);
        expect(await store.fetch({ base: BASE, branch })).toEqual({
          base: main,
          branch: await inRemote("rev-parse", branch),
        });
      }
    }));

  test("are looked up anew each time, also after a branch was deleted", () =>
    withGit(FILES, async ({ url, git, commitRemote, inRemote }) => {
      const main = await inRemote("rev-parse", BASE);
      const branch = await commitRemote(BRANCH, { "b.txt": "b\n" }, main);
      const store = await git.open(url);
      expect(await store.fetch(WANT)).toEqual({ base: main, branch });
      await inRemote("update-ref", "-d", `refs/heads/${BRANCH}`);
      expect(await store.fetch(WANT)).toEqual({ base: main, branch: null });
      await inRemote("update-ref", "-d", `refs/heads/${BASE}`);
      await expect(store.fetch(WANT)).rejects.toMatchObject({ code: "target-empty" });
    }));

  test("fail with base-not-found where the base is missing, and with target-empty where every branch is", async () => {
    await withGit(FILES, async ({ url, git }) => {
      const want = { base: "trunk", branch: BRANCH };
      await expect((await git.open(url)).fetch(want)).rejects.toMatchObject({ code: "base-not-found" });
      await expect(git.checkout(url, want)).rejects.toMatchObject({ code: "base-not-found" });
    });
    await withGit({}, async ({ url, git }) => {
      await expect((await git.open(url)).fetch(WANT)).rejects.toMatchObject({ code: "target-empty" });
    });
  });
});

describe("a store", () => {
  test("gets commits and trees, and no file", () =>
    withGit(FILES, async ({ url, git, temporary, inRemote }) => {
      const store = await git.open(url);
      const { base } = await store.fetch(WANT);
      const [name = ""] = readdirSync(temporary);
      const args = ["-C", `${temporary}/${name}`, "rev-list", "--objects", "--missing=print", base];
      const missing = execFileSync("git", args).toString().match(/^\?.*/gm);
      const blobs = await inRemote("ls-tree", "-r", "--format=?%(objectname)", base);
      expect(missing?.toSorted()).toEqual(blobs.split("\n").toSorted());
    }));

  test("fetches commits that are known by id only", () =>
    withGit(FILES, async ({ url, git, inRemote, commitRemote }) => {
      const old = await inRemote("rev-parse", BASE);
      await commitRemote(BASE, { "src/a.txt": "b\n" });
      const store = await git.open(url);
      await store.fetchCommits([old]);
      expect(await store.treeOf(old)).toBe(await inRemote("rev-parse", `${old}^{tree}`));
    }));

  test("is a private folder, and is gone after dispose, which may be called twice", () =>
    withGit(FILES, async ({ url, git, temporary }) => {
      const store = await git.open(url);
      await store.fetch(WANT);
      const [name] = readdirSync(temporary);
      expect(statSync(`${temporary}/${name}`).mode & 0o777).toBe(0o700);
      await store.dispose();
      await store.dispose();
      expect(readdirSync(temporary)).toEqual([]);
    }));

  test.each([
    ["credentials", "https://user:secret@example.invalid/o/r.git"],
    ["another protocol", "ext::sh -c whoami"],
    ["an option", "--upload-pack=whoami"],
    ["a line end", "https://example.invalid/o/r\n.git"],
  ])("is not opened for a URL with %s", (_, url) =>
    withGit(FILES, async ({ git, temporary }) => {
      await expect(git.open(url)).rejects.toMatchObject({ code: "git-failed" });
      await expect(git.checkout(url, WANT)).rejects.toMatchObject({ code: "git-failed" });
      expect(readdirSync(temporary)).toEqual([]);
    }));
});

describe("a checkout", () => {
  test("lays out the files of the asked commit on a local branch named as the base, with an author for the agent", () =>
    withGit(FILES, async ({ url, git, commitRemote, inRemote }) => {
      const main = await inRemote("rev-parse", BASE);
      const tip = await commitRemote(BRANCH, { "src/b.txt": "b\n" }, main);
      const checkout = await git.checkout(url, WANT);
      expect(checkout.refs).toEqual({ base: main, branch: tip });
      await checkout.switchTo(tip);
      expect(existsSync(`${checkout.path}/src/b.txt`)).toBe(true);
      const inside = (...args: string[]) =>
        execFileSync("git", ["-C", checkout.path, ...args])
          .toString()
          .trim();
      expect(inside("status", "--porcelain=v1", "--branch")).toBe(`## ${BASE}`);
      expect(inside("rev-parse", "HEAD", `refs/remotes/origin/${BASE}`)).toBe(`${tip}\n${main}`);
      expect(inside("remote", "get-url", "origin")).toBe(url);
      expect(inside("config", "user.name")).toBe("agent");
      await checkout.switchTo(main);
      expect(existsSync(`${checkout.path}/src/b.txt`)).toBe(false);
      expect(inside("log", "--oneline").split("\n")).toHaveLength(1);
    }));

  test("leaves nothing behind where it cannot be made", () =>
    withGit(FILES, async ({ url, git, temporary }) => {
      await expect(git.checkout(url, { base: "trunk", branch: BRANCH })).rejects.toThrow();
      expect(readdirSync(temporary)).toEqual([]);
    }));
});
