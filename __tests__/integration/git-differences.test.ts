import { describe, expect, test } from "@jest/globals";
import { aDiff, BASE, listed, WANT, withGit } from "../builders/git.ts";

const FILES = {
  "a.txt": "one\ntwo\n",
  "b.bin": Buffer.from([0, 1, 2]),
  "c.txt": "c\n",
  "größe.txt": "x\n",
  link: { mode: "120000", content: "a.txt" },
};

describe("changes", () => {
  test("tell path, status, modes and oids, with no rename guessed and no name lost", () =>
    withGit(FILES, async ({ git, url, commitRemote, inRemote }) => {
      const next = await commitRemote(
        "next",
        {
          "größe.txt": null,
          "größer\n.txt": "x\n",
          link: "file\n",
          "a.txt": { mode: "100755", content: "one\n" },
        },
        BASE,
      );
      const store = await git.open(url);
      const { base } = await store.fetch({ base: BASE, branch: "next" });
      const changes = await store.changes(base, next);
      const name = (text: string) => Buffer.from(text).toString("latin1");
      expect(listed(changes)).toEqual([
        "modified a.txt",
        `deleted ${name("größe.txt")}`,
        `added ${name("größer\n.txt")}`,
        "type-changed link",
      ]);
      expect(changes[0]).toEqual({
        path: "a.txt",
        status: "modified",
        oldMode: "100644",
        newMode: "100755",
        oldOid: await inRemote("rev-parse", `${BASE}:a.txt`),
        newOid: await inRemote("rev-parse", "next:a.txt"),
      });
    }));

  test("may be asked of trees as of commits", () =>
    withGit(FILES, async ({ git, url }) => {
      const store = await git.open(url);
      const { base } = await store.fetch(WANT);
      const tree = await store.writeFiles(base, { "new.txt": "new\n" });
      expect(listed(await store.changes(await store.treeOf(base), tree))).toEqual(["added new.txt"]);
    }));
});

describe("the stat", () => {
  test("counts files and lines, and shows them", () =>
    withGit(FILES, async ({ git, url, commitRemote }) => {
      const next = await commitRemote(
        "next",
        { "a.txt": "one\n2\n3\n", "b.bin": Buffer.from([0, 9]), "c.txt": null },
        BASE,
      );
      const store = await git.open(url);
      const { base } = await store.fetch({ base: BASE, branch: "next" });
      const stat = await store.stat(base, next);
      expect(stat).toMatchObject({ files: 3, insertions: 2, deletions: 2 });
      expect(stat.text).toMatchInlineSnapshot(`
" a.txt |   3 ++-
 b.bin | Bin 3 -> 2 bytes
 c.txt |   1 -
 3 files changed, 2 insertions(+), 2 deletions(-)"
`);
    }));

  test("shows no more than forty files of many, and none of no change", () =>
    withGit(FILES, async ({ git, url }) => {
      const store = await git.open(url);
      const { base } = await store.fetch(WANT);
      const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`new/${index}.txt`, "x\n"]));
      const stat = await store.stat(base, await store.writeFiles(base, many));
      expect(stat).toMatchObject({ files: 100, insertions: 100 });
      expect(stat.text.split("\n").length).toBeLessThanOrEqual(42);
      expect(await store.stat(base, base)).toEqual({ files: 0, insertions: 0, deletions: 0, text: "" });
    }));
});

describe("the patch", () => {
  test("can be applied to the base again, binary files and modes included", () =>
    withGit(FILES, async ({ git, url, commitRemote }) => {
      const next = await commitRemote(
        "next",
        {
          "b.bin": Buffer.from([0, 9, 255]),
          "c.txt": null,
          "run.sh": { mode: "100755", content: "#!/bin/sh\n" },
          link: { mode: "120000", content: "c" },
        },
        BASE,
      );
      const store = await git.open(url);
      const { base } = await store.fetch({ base: BASE, branch: "next" });
      const patch = await store.patch(base, next, 1 << 20);
      expect(await store.applyDiffs(base, [aDiff(patch?.toString() ?? "")])).toBe(await store.treeOf(next));
    }));

  test("is null where it is longer than asked", () =>
    withGit(FILES, async ({ git, url }) => {
      const store = await git.open(url);
      const { base } = await store.fetch(WANT);
      const tree = await store.writeFiles(base, { "big.txt": "line\n".repeat(100_000) });
      const patch = await store.patch(base, tree, 1 << 20);
      expect(patch?.length).toBeGreaterThan(500_000);
      expect(await store.patch(base, tree, patch?.length ?? 0)).toEqual(patch);
      expect(await store.patch(base, tree, (patch?.length ?? 0) - 1)).toBeNull();
    }));
});

describe("blobs", () => {
  test("are read in the order asked, fetched where they are missing, and left out where they are too long", () =>
    withGit(FILES, async ({ git, url, inRemote }) => {
      const oid = (path: string) => inRemote("rev-parse", `${BASE}:${path}`);
      const oids = [await oid("c.txt"), await oid("b.bin"), await oid("a.txt"), await oid("c.txt")];
      const store = await git.open(url);
      await store.fetch(WANT);
      const c = Buffer.from("c\n");
      expect(await store.readBlobs(oids, 4)).toEqual([c, Buffer.from([0, 1, 2]), null, c]);
      expect(await store.readBlobs([], 4)).toEqual([]);
    }));

  test("that were seen once are read without being looked for", () =>
    withGit(FILES, async ({ connect, url, inRemote }) => {
      const oid = await inRemote("rev-parse", `${BASE}:c.txt`);
      const commands: string[] = [];
      const git = connect({ log: { debug: (line) => void commands.push(line), outside: () => {} } });
      const store = await git.open(url);
      await store.fetch(WANT);
      await store.readBlobs([oid], 4);
      commands.length = 0;
      expect(await store.readBlobs([oid], 4)).toEqual([Buffer.from("c\n")]);
      expect(commands).toEqual([expect.stringMatching(/^git cat-file: status 0,/)]);
    }));
});

describe("files that are written", () => {
  test("stand over the commit's tree, in folders that may be new", () =>
    withGit(FILES, async ({ git, url }) => {
      const store = await git.open(url);
      const { base } = await store.fetch(WANT);
      const tree = await store.writeFiles(base, { "agent-tasks/ä b.md": "# ä\n", "a.txt": "" });
      const changes = await store.changes(base, tree);
      expect(listed(changes)).toEqual([
        "modified a.txt",
        `added ${Buffer.from("agent-tasks/ä b.md").toString("latin1")}`,
      ]);
      expect(
        (
          await store.readBlobs(
            changes.map(({ newOid }) => newOid),
            100,
          )
        ).map(String),
      ).toEqual(["", "# ä\n"]);
    }));

  test("are refused at a path that git cannot hold", () =>
    withGit(FILES, async ({ git, url }) => {
      const store = await git.open(url);
      const { base } = await store.fetch(WANT);
      for (const path of ["../x", ".git/config", "/etc/x"]) {
        await expect(store.writeFiles(base, { [path]: "x" })).rejects.toMatchObject({ code: "git-failed" });
      }
    }));
});
