import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { GitStore } from "../../src/ports.ts";
import { aCommit, aDiff, BASE, BRANCH, type GitScene, WANT, withGit } from "../builders/git.ts";

const FILES = { "a.txt": "one\ntwo\n", "src/b.txt": "b\n", "src/deep/c.txt": "c\n" };
const EDIT = "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n";
const CLAIM = "refs/agent-runner/claims/1";

/** A store with one commit of ours on the base. */
async function prepare({ git, url }: GitScene) {
  const store = await git.open(url);
  const refs = await store.fetch(WANT);
  const tree = await store.applyDiffs(refs.base, [aDiff(EDIT)]);
  const commit = await store.commit(aCommit({ tree, parents: [refs.base] }));
  return { store, refs, tree, commit };
}

describe("a commit", () => {
  test("has the given author, committer, message, parents and tree", () =>
    withGit(FILES, async (scene) => {
      const { store, refs, tree } = await prepare(scene);
      const message = "Edit größe\n\n--no-comment\n# kept\n\nAgent-Task-Id: x\n";
      const author = { name: "Ä. Uthor", email: "a@example.invalid" };
      const committer = { name: "--committer", email: "c@example.invalid" };
      const commit = await store.commit(aCommit({ tree, parents: [refs.base], message, author, committer }));
      await store.push({ commit, branch: BRANCH, expected: null });
      const format = "%T%n%P%n%an <%ae>%n%cn <%ce>%n%B";
      expect(await scene.inRemote("log", "-1", `--format=${format}`, BRANCH)).toBe(
        `${tree}\n${refs.base}\nÄ. Uthor <a@example.invalid>\n--committer <c@example.invalid>\n${message}`,
      );
      expect(await scene.inRemote("fsck", "--strict", "--no-dangling")).toBe("");
    }));
});

describe("a push", () => {
  test("makes the branch where it must not exist, and moves it from where it was expected", () =>
    withGit(FILES, async (scene) => {
      const { store, refs, commit } = await prepare(scene);
      expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
      const other = await store.commit(
        aCommit({ tree: await store.treeOf(refs.base), parents: [refs.base] }),
      );
      expect(await store.push({ commit: other, branch: BRANCH, expected: commit })).toBe("pushed");
      expect(await scene.inRemote("rev-parse", BRANCH)).toBe(other);
    }));

  test("overwrites nothing that somebody else made, moved or deleted meanwhile", () =>
    withGit(FILES, async (scene) => {
      const { store, refs, commit } = await prepare(scene);
      const theirs = await scene.commitRemote(BRANCH, { "x.txt": "x" }, refs.base);
      expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("moved");
      expect(await store.push({ commit, branch: BRANCH, expected: refs.base })).toBe("moved");
      expect(await scene.inRemote("rev-parse", BRANCH)).toBe(theirs);
      await scene.inRemote("update-ref", "-d", `refs/heads/${BRANCH}`);
      expect(await store.push({ commit, branch: BRANCH, expected: theirs })).toBe("moved");
      expect(await scene.inRemote("for-each-ref", "--format=%(refname)")).toBe(`refs/heads/${BASE}`);
    }));

  test("is done where the branch stands there already", () =>
    withGit(FILES, async (scene) => {
      const { store, commit } = await prepare(scene);
      await store.push({ commit, branch: BRANCH, expected: null });
      expect(await store.push({ commit, branch: BRANCH, expected: commit })).toBe("pushed");
      expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
    }));

  test("builds on the commits of somebody else that are on the branch", () =>
    withGit(FILES, async (scene) => {
      const theirs = await scene.commitRemote(
        BRANCH,
        { "x.txt": "x" },
        await scene.inRemote("rev-parse", BASE),
      );
      const store = await scene.git.open(scene.url);
      expect((await store.fetch(WANT)).branch).toBe(theirs);
      const tree = await store.applyDiffs(theirs, [aDiff(EDIT)]);
      const commit = await store.commit(aCommit({ tree, parents: [theirs] }));
      expect(await store.push({ commit, branch: BRANCH, expected: theirs })).toBe("pushed");
      expect(await scene.inRemote("rev-list", "--count", BRANCH)).toBe("3");
    }));

  test("works also where the base went on meanwhile, with files that the store never had", () =>
    withGit(FILES, async (scene) => {
      const { store, refs, commit } = await prepare(scene);
      await scene.commitRemote(BASE, { "src/b.txt": "changed\n", "src/deep/c.txt": null });
      await scene.commitRemote(BASE, { "src/b.txt": "b\n" });
      expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
      expect(await scene.inRemote("rev-parse", `${BRANCH}^`)).toBe(refs.base);
      expect(await scene.inRemote("fsck", "--strict", "--no-dangling")).toBe("");
    }));
});

describe("a ref of ours (a claim)", () => {
  test("is made, read, replaced and deleted with its message", () =>
    withGit(FILES, async ({ git, url, inRemote }) => {
      const store = await git.open(url);
      expect(await store.readRef(CLAIM)).toBeNull();
      const first = (await store.createRef(CLAIM, '{"run": 1}\n\nmore')) ?? "";
      expect(await store.readRef(CLAIM)).toEqual({ oid: first, message: '{"run": 1}\n\nmore' });
      const second = (await store.replaceRef(CLAIM, first, "taken over")) ?? "";
      expect(await store.readRef(CLAIM)).toEqual({ oid: second, message: "taken over" });
      expect(await inRemote("ls-tree", "-r", CLAIM)).toBe("");
      expect(await store.deleteRef(CLAIM, first)).toBe(false);
      expect(await store.deleteRef(CLAIM, second)).toBe(true);
      expect(await store.readRef(CLAIM)).toBeNull();
      expect(await inRemote("for-each-ref", "--format=%(refname)")).toBe(`refs/heads/${BASE}`);
    }));

  test("is not confused with one that is named much like it", () =>
    withGit(FILES, async ({ git, url }) => {
      const store = await git.open(url);
      await store.createRef(`${CLAIM}1`, "eleven");
      await store.createRef("refs/agent-runner/claims/x/1", "deeper");
      expect(await store.readRef(CLAIM)).toBeNull();
    }));

  test("is listed with all others of its folder, each with its whole message", () =>
    withGit(FILES, async ({ git, url }) => {
      const store = await git.open(url);
      const folder = "refs/agent-runner/acts/";
      expect(await store.readRefs(folder)).toEqual([]);
      const one = await store.createRef(`${folder}a%3Ab/1`, "first\n\nmore");
      const two = await store.createRef(`${folder}c/2`, '{"at": 1}');
      await store.createRef(CLAIM, "another folder's");
      expect(await store.readRefs(folder)).toEqual([
        { ref: `${folder}a%3Ab/1`, oid: one, message: "first\n\nmore" },
        { ref: `${folder}c/2`, oid: two, message: '{"at": 1}' },
      ]);
    }));

  test("goes to exactly one of six racers, though all write the same message at once", () =>
    withGit(FILES, async ({ git, url }) => {
      const stores = await Promise.all(Array.from({ length: 6 }, () => git.open(url)));
      const claims = await Promise.all(stores.map((store: GitStore) => store.createRef(CLAIM, "mine")));
      const won = claims.filter((oid) => oid !== null);
      expect(won).toHaveLength(1);
      expect((await stores[0]?.readRef(CLAIM))?.oid).toBe(won[0]);

      const takeovers = await Promise.all(
        stores.map((store) => store.replaceRef(CLAIM, won[0] ?? "", "mine")),
      );
      expect(takeovers.filter((oid) => oid !== null)).toHaveLength(1);
    }));

  test("is somebody else's also where they give it back right after git has seen it", () =>
    withGit(FILES, async (scene) => {
      const holder = await scene.git.open(scene.url);
      // A git that plays the holder: it takes the ref before our push, and gives it back after.
      const git = execFileSync("which", ["git"]).toString().trim();
      const gitPath = join(scene.room, "git");
      const inRemote = `env -u GIT_DIR ${git} --git-dir='${scene.remote}'`;
      const script = [
        "#!/bin/sh",
        `[ "$1" = push ] || exec ${git} "$@"`,
        `${inRemote} update-ref ${CLAIM} main`,
        `${git} "$@"; status=$?`,
        `${inRemote} update-ref -d ${CLAIM}`,
        "exit $status",
      ];
      writeFileSync(gitPath, `${script.join("\n")}\n`, { mode: 0o755 });
      const store = await scene.connect({ gitPath }).open(scene.url);
      expect(await store.createRef(CLAIM, "mine")).toBeNull();
      expect(await holder.readRef(CLAIM)).toBeNull();
    }));

  test("can be made in a repository without any commit", () =>
    withGit({}, async ({ git, url }) => {
      const store = await git.open(url);
      const oid = await store.createRef(CLAIM, "mine");
      expect(await store.readRef(CLAIM)).toEqual({ oid, message: "mine" });
    }));
});

describe("a bundle", () => {
  const recover = (scene: GitScene, file: string) => {
    const clone = join(scene.room, "clone");
    const git = (...args: string[]) =>
      execFileSync("git", args, { stdio: ["ignore", "pipe", "ignore"] }).toString();
    git("clone", "-q", scene.url, clone);
    git("-C", clone, "fetch", file, BRANCH);
    return git("-C", clone, "rev-parse", "FETCH_HEAD").trim();
  };

  test("gives the commit to whoever has a clone of the target", () =>
    withGit(FILES, async (scene) => {
      const { store, refs, commit } = await prepare(scene);
      const file = join(scene.room, "work.bundle");
      await store.bundle(commit, refs.base, BRANCH, file);
      expect(recover(scene, file)).toBe(commit);
    }));

  test("does so for work on somebody else's commits too, and may be written twice", () =>
    withGit(FILES, async (scene) => {
      const theirs = await scene.commitRemote(
        BRANCH,
        { "x.txt": "x" },
        await scene.inRemote("rev-parse", BASE),
      );
      const { store, refs, tree } = await prepare(scene);
      const commit = await store.commit(aCommit({ tree, parents: [theirs] }));
      mkdirSync(join(scene.room, "out"));
      const file = join(scene.room, "out/work.bundle");
      await store.bundle(commit, refs.base, BRANCH, file);
      await store.bundle(commit, refs.base, BRANCH, file);
      expect(recover(scene, file)).toBe(commit);
    }));
});
