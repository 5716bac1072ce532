import { describe, expect, test } from "@jest/globals";
import type { Files } from "../../loopback/fast-import.ts";
import type { DiffBlock } from "../../src/ports.ts";
import { aDiff, BASE, listed, textOf, WANT, withGit } from "../builders/git.ts";

const LINES = "one\ntwo\nthree\nfour\nfive\n";
const FILES = {
  "a.txt": LINES,
  "src/b.txt": LINES,
  "win.txt": LINES.replaceAll("\n", "\r\n"),
  "run.sh": "#!/bin/sh\n",
};
const EDIT = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";
const WIN_EDIT = EDIT.replaceAll("a.txt", "win.txt");

/** Applies diffs to these files; gives what changed, and the new texts. */
function apply(diffs: DiffBlock[], files: Files = FILES) {
  return withGit(files, async ({ url, git, lines }) => {
    const store = await git.open(url);
    const { base } = await store.fetch(WANT);
    const tree = await store.applyDiffs(base, diffs);
    const changes = await store.changes(base, tree);
    const texts = Object.fromEntries(
      await Promise.all(
        changes.map(async ({ path }) => [path, await textOf(store, base, tree, path)] as const),
      ),
    );
    return { changes: listed(changes), modes: changes.map(({ newMode }) => newMode), texts, lines };
  });
}

describe("a diff that applies", () => {
  test("changes a file, and needs no other", async () => {
    const { changes, texts, lines } = await apply([aDiff(EDIT)]);
    expect(changes).toEqual(["modified a.txt"]);
    expect(texts["a.txt"]).toBe(LINES.replace("two", "TWO"));
    expect(lines).toEqual([]);
  });

  test("may make, delete, rename, copy and change modes", async () => {
    const diff = `diff --git a/new/file.txt b/new/file.txt
new file mode 100755
--- /dev/null
+++ b/new/file.txt
@@ -0,0 +1 @@
+made
diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/a.txt b/a.txt
deleted file mode 100644
--- a/a.txt
+++ /dev/null
@@ -1,5 +0,0 @@
-one
-two
-three
-four
-five
diff --git a/src/b.txt b/src/c.txt
similarity index 80%
rename from src/b.txt
rename to src/c.txt
--- a/src/b.txt
+++ b/src/c.txt
@@ -4,2 +4,3 @@
 four
 five
+six
diff --git a/win.txt b/copy.txt
similarity index 100%
copy from win.txt
copy to copy.txt
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
`;
    const { changes, modes, texts } = await apply([aDiff(diff)]);
    expect(changes).toEqual([
      "deleted a.txt",
      "added copy.txt",
      "added empty",
      "added new/file.txt",
      "modified run.sh",
      "deleted src/b.txt",
      "added src/c.txt",
    ]);
    expect(modes).toEqual(["000000", "100644", "100644", "100755", "100755", "000000", "100644"]);
    expect(texts["src/c.txt"]).toBe(`${LINES}six\n`);
  });

  test("may be binary", async () => {
    const bytes = Buffer.from([0, 1, 2, 255, 254, 0, 13, 10]);
    const patch = await withGit({ ...FILES, "logo.bin": "\0old" }, async ({ url, git, commitRemote }) => {
      const next = await commitRemote("next", { "logo.bin": bytes }, BASE);
      const store = await git.open(url);
      const { base } = await store.fetch({ base: BASE, branch: "next" });
      return (await store.patch(base, next, 1 << 20))?.toString() ?? "";
    });
    const { changes } = await apply([aDiff(patch)], { ...FILES, "logo.bin": "\0old" });
    expect(changes).toEqual(["modified logo.bin"]);
  });

  test("may stand among the words of a mail, and end with its signature", async () => {
    const mail = `From: A <a@example.invalid>\nSubject: [PATCH] Edit\n\nText\n---\n a.txt | 2 +-\n\n${EDIT}-- \n2.39.5\n`;
    expect((await apply([aDiff(mail)])).changes).toEqual(["modified a.txt"]);
  });

  test("may have no a/ and b/, beside one that has them", async () => {
    const bare = EDIT.replaceAll("a/a.txt", "src/b.txt").replaceAll("b/a.txt", "src/b.txt");
    const { changes } = await apply([aDiff(EDIT), aDiff(bare)]);
    expect(changes).toEqual(["modified a.txt", "modified src/b.txt"]);
  });

  test("may build on the one before it", async () => {
    const second = "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,3 @@\n one\n+and a half\n TWO\n";
    const { texts } = await apply([aDiff(EDIT), aDiff(second)]);
    expect(texts["a.txt"]).toBe("one\nand a half\nTWO\nthree\nfour\nfive\n");
  });

  test("may name paths with spaces, quotes and letters of any alphabet", async () => {
    const names = ["with space.txt", 'with "quotes".txt', "größe.txt"];
    const files = Object.fromEntries(names.map((name) => [name, LINES]));
    const diffs = [
      "--- a/with space.txt\t\n+++ b/with space.txt\t\n",
      '--- "a/with \\"quotes\\".txt"\n+++ "b/with \\"quotes\\".txt"\n',
      '--- "a/gr\\303\\266\\303\\237e.txt"\n+++ "b/gr\\303\\266\\303\\237e.txt"\n',
    ].map((names) => aDiff(`${names}@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n`));
    expect((await apply(diffs, files)).changes).toHaveLength(3);
  });
});

describe("line ends", () => {
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");

  test("of a diff from GitHub's web form (CRLF) fit a repository with LF", async () => {
    const created = "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+made\n";
    const { texts } = await apply([aDiff(crlf(EDIT + created))]);
    expect(texts).toEqual({ "a.txt": LINES.replace("two", "TWO"), "new.txt": "made\n" });
  });

  test("of a diff with LF fit a file with CRLF, which keeps it", async () => {
    const { texts } = await apply([aDiff(WIN_EDIT)]);
    expect(texts["win.txt"]).toBe(crlf(LINES.replace("two", "TWO")));
  });

  test.each([
    ["LF", EDIT + WIN_EDIT],
    ["CRLF", crlf(EDIT + WIN_EDIT)],
  ])("of a diff with %s fit files of both kinds at once", async (_, text) => {
    const { texts } = await apply([aDiff(text)]);
    expect(texts).toEqual({
      "a.txt": LINES.replace("two", "TWO"),
      "win.txt": crlf(LINES.replace("two", "TWO")),
    });
  });

  test("are changed where the diff says so", async () => {
    const diff = "--- a/win.txt\n+++ b/win.txt\n@@ -1,2 +1,2 @@\n-one\r\n+one\n two\r\n";
    expect((await apply([aDiff(diff)])).texts["win.txt"]).toBe(crlf(LINES).replace("one\r", "one"));
  });

  test("may be missing at the end of the file, and stay missing", async () => {
    const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n\\ No newline at end of file\n";
    for (const text of [diff, crlf(diff)]) {
      expect((await apply([aDiff(text)], { x: "one\ntwo" })).texts.x).toBe("ONE\ntwo");
      expect((await apply([aDiff(text)], { x: "one\r\ntwo" })).texts.x).toBe("ONE\r\ntwo");
    }
  });
});

describe("a diff that was applied before", () => {
  test("changes nothing", async () => {
    const added = "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+made\n";
    const files = { ...FILES, "a.txt": LINES.replace("two", "TWO"), "new.txt": "made\n" };
    expect((await apply([aDiff(EDIT + added)], files)).changes).toEqual([]);
    expect((await apply([aDiff(EDIT), aDiff(added)], files)).changes).toEqual([]);
  });

  test("changes nothing where each diff builds on the one before it", async () => {
    const again = EDIT.replace("+TWO", "+2").replace("-two", "-TWO");
    const files = { ...FILES, "a.txt": LINES.replace("two", "2") };
    expect((await apply([aDiff(EDIT), aDiff(again)], files)).changes).toEqual([]);
  });

  test("is not appended a second time", async () => {
    const append = "--- a/a.txt\n+++ b/a.txt\n@@ -3,3 +3,4 @@\n three\n four\n five\n+six\n";
    expect((await apply([aDiff(append)], { "a.txt": `${LINES}six\n` })).changes).toEqual([]);
  });

  test("does not fit a second time further down, in a file that repeats itself", async () => {
    const insert = "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,3 @@\n x\n+new\n y\n";
    const once = await apply([aDiff(insert)], { "a.txt": "x\ny\n".repeat(3) });
    expect(once.texts["a.txt"]).toBe(`x\nnew\ny\n${"x\ny\n".repeat(2)}`);
    expect((await apply([aDiff(insert)], { "a.txt": once.texts["a.txt"] ?? "" })).changes).toEqual([]);
  });

  test("fails where only a part of it was applied", async () => {
    const files = { ...FILES, "a.txt": LINES.replace("two", "TWO"), "src/b.txt": "other\n" };
    const diffs = [aDiff(EDIT), aDiff(EDIT.replaceAll("a.txt", "src/b.txt"))];
    await expect(apply(diffs, files)).rejects.toMatchObject({ code: "patch-failed" });
  });
});

describe("a diff that fails names its number, its line and its file", () => {
  const refusals: [why: string, text: string, at: number, words: RegExp][] = [
    ["other content", EDIT.replace("-two", "-other"), 12, /a\.txt/],
    ["a second hunk that does not fit", `${EDIT}@@ -4,2 +4,2 @@\n-other\n+x\n five\n`, 17, /a\.txt/],
    ["a missing file", EDIT.replaceAll("a.txt", "gone.txt"), 10, /gone\.txt/],
    ["a file that is there already", "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+x\n", 10, /a\.txt/],
    ["hunks without numbers", EDIT.replace(/@@.*@@/, "@@"), 12, /no line numbers/],
    ["hunks without numbers, of a new file", "--- /dev/null\n+++ b/n\n@@\n+lost\n", 12, /no line numbers/],
    ["numbers without a meaning", EDIT.replace(/@@.*@@/, "@@ ... @@"), 12, /no line numbers/],
    [
      "a hunk longer than it says",
      EDIT.replace("+1,3", "+1,3").replace(" three\n", " three\n+lost\n"),
      17,
      /longer/,
    ],
    [
      "a hunk longer than it says, behind a blank line",
      EDIT.replace(" three\n", " three\n\n+lost\n"),
      18,
      /longer/,
    ],
    ["a hunk shorter than it says", EDIT.replace(" three\n", ""), 15, /shorter/],
    [
      "a hunk shorter than it says, before another file",
      EDIT.replace(" three\n", "") + WIN_EDIT,
      18,
      /a\.txt/,
    ],
    ["a hunk that says it is empty", EDIT.replace("-1,3 +1,3", "-1,0 +1,0"), 12, /empty/],
    ["a hunk of no file", "@@ -1 +1 @@\n-a\n+b\n", 10, /without a file/],
    ["only lines with plus and minus", "-two\n+TWO\n", 11, /no diff/],
    ["nothing", "", 10, /no diff/],
    [
      "a binary file without its bytes",
      "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nBinary files a/x.bin and b/x.bin differ\n",
      10,
      /x\.bin/,
    ],
    ["a path that leaves the repository", EDIT.replaceAll("a.txt", "../a.txt"), 10, /a\.txt/],
    ["an absolute path", "--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n", 10, /passwd/],
    ["a path into .git", "--- /dev/null\n+++ b/.git/config\n@@ -0,0 +1 @@\n+x\n", 10, /\.git\/config/],
    ["a path through a link", "--- /dev/null\n+++ b/link/x\n@@ -0,0 +1 @@\n+x\n", 10, /link\/x/],
  ];

  test.each(refusals)("%s", async (_, text, at, words) => {
    const files = { ...FILES, link: { mode: "120000", content: "/etc" } };
    const first = aDiff(EDIT.replaceAll("a.txt", "src/b.txt"));
    const failure: unknown = await apply([first, aDiff(text, 10)], files).catch((thrown) => thrown);
    expect(failure).toMatchObject({ code: "patch-failed" });
    expect(failure).toHaveProperty("detail", expect.stringMatching(words));
    expect(failure).toHaveProperty(
      "detail",
      expect.stringMatching(new RegExp(`^Diff 2 .* line ${at} of the instruction`)),
    );
  });

  test("with git's own words to be quoted", async () => {
    const failure = apply([aDiff(EDIT.replace("-two", "-other"))]);
    const words =
      "error: while searching for:\none\nother\nthree\n\nerror: patch failed: a.txt:1\nerror: a.txt: patch does not apply";
    await expect(failure).rejects.toHaveProperty("quote", words);
  });
});
