import { describe, expect, test } from "@jest/globals";
import { BASE, listed, playStep, takeWork, textOf, WANT, withGit } from "../builders/git.ts";

const FILES = {
  ".gitignore": "dist/\n*.log\n",
  ".gitattributes": "*.auto text=auto\n*.crlf text eol=crlf\n",
  "README.md": "# Target\n",
  "src/a.txt": "a\n",
  "src/b.txt": "b\n",
  "deep/er/c.txt": "c\n",
  "mixed.auto": "one\r\ntwo\r\n",
  "plain.auto": "one\ntwo\n",
  "win.crlf": "one\ntwo\n",
};

/** What a step's script becomes. */
function work(script: string, files: Parameters<typeof withGit>[0] = FILES) {
  return withGit(files, async ({ git, url, inRemote }) => {
    const { store, tree, leftOut, changes, base } = await takeWork(git, url, script);
    const texts = await Promise.all(
      changes.map(async ({ path }) => [path, await textOf(store, base, tree, path)] as const),
    );
    const isBase = tree === (await inRemote("rev-parse", `${BASE}^{tree}`));
    return {
      changes: listed(changes),
      modes: changes.map(({ newMode }) => newMode),
      leftOut,
      texts: Object.fromEntries(texts),
      isBase,
    };
  });
}

describe("the work of a step", () => {
  test("is the base's own tree where the step changed nothing", async () => {
    expect(await work("true")).toMatchObject({ changes: [], leftOut: [], isBase: true });
  });

  test("is nothing where files were only written anew, with the same content", async () => {
    const script =
      "for f in README.md src/a.txt win.crlf mixed.auto; do cp $f x; rm $f; mv x $f; done; touch src/b.txt";
    expect(await work(script)).toMatchObject({ changes: [], leftOut: [], isBase: true });
  });

  test("is what was added, changed, deleted, made executable, moved and turned into a link", async () => {
    const script =
      "echo new > new.txt; echo more >> src/a.txt; rm src/b.txt; chmod +x README.md; mkdir x; mv deep x/; ln -s /nonexistent/passwd link";
    const { changes, modes, texts, leftOut } = await work(script);
    expect(changes).toEqual([
      "modified README.md",
      "deleted deep/er/c.txt",
      "added link",
      "added new.txt",
      "modified src/a.txt",
      "deleted src/b.txt",
      "added x/deep/er/c.txt",
    ]);
    expect(modes).toEqual(["100755", "000000", "120000", "100644", "100644", "000000", "100644"]);
    expect(texts).toMatchObject({ link: "/nonexistent/passwd", "src/a.txt": "a\nmore\n" });
    expect(leftOut).toEqual([]);
  });

  test("is seen also where size and time are those of the file before", async () => {
    expect(
      (await work("touch -r src/a.txt ref; echo A > src/a.txt; touch -r ref src/a.txt; rm ref")).changes,
    ).toEqual(["modified src/a.txt"]);
  });

  test("holds folders in the place of files, and files and links in the place of folders", async () => {
    const script =
      "rm README.md; mkdir README.md; echo x > README.md/x; rm -r src; echo src > src; rm -r deep; ln -s .. deep";
    expect((await work(script)).changes).toEqual([
      "deleted README.md",
      "added README.md/x",
      "added deep",
      "deleted deep/er/c.txt",
      "added src",
      "deleted src/a.txt",
      "deleted src/b.txt",
    ]);
  });

  test("has the line ends that the repository's attributes ask for", async () => {
    const script =
      "printf 'one\\r\\ntwo\\r\\nthree\\r\\n' > win.crlf; printf 'x\\r\\n' > new.crlf; printf 'x\\r\\n' > new.auto;" +
      "printf 'three\\r\\n' >> mixed.auto; printf 'three\\n' >> plain.auto";
    expect((await work(script)).texts).toEqual({
      "win.crlf": "one\ntwo\nthree\n",
      "new.crlf": "x\n",
      "new.auto": "x\n",
      // Git leaves a file alone that is in the repository with CRLF.
      "mixed.auto": "one\r\ntwo\r\nthree\r\n",
      "plain.auto": "one\ntwo\nthree\n",
    });
  });

  test("is taken from the work tree, whatever the step committed, staged, hid or detached", async () => {
    const script =
      "echo 1 >> src/a.txt; git commit -qam one; git checkout -q --detach; echo 2 >> src/a.txt; git commit -qam two;" +
      "echo s > staged.txt; git add staged.txt; git update-index --skip-worktree src/b.txt; echo hidden >> src/b.txt;" +
      "git update-index --assume-unchanged README.md; echo assumed >> README.md";
    expect((await work(script)).changes).toEqual([
      "modified README.md",
      "modified src/a.txt",
      "modified src/b.txt",
      "added staged.txt",
    ]);
  });

  test("is compared with the commit that the step saw, which may be the branch's tip", () =>
    withGit(FILES, async ({ git, url, commitRemote, inRemote }) => {
      const tip = await commitRemote(
        WANT.branch,
        { "theirs.txt": "theirs\n" },
        await inRemote("rev-parse", BASE),
      );
      const checkout = await git.checkout(url, WANT);
      await checkout.switchTo(tip);
      await playStep(checkout, "echo ours > ours.txt");
      const store = await git.open(url);
      const { tree } = await store.snapshot(checkout, [tip]);
      expect(listed(await store.changes(tip, tree))).toEqual(["added ours.txt"]);
    }));

  test("is not taken where a commit that it is to be compared with cannot be fetched", () =>
    withGit(FILES, async ({ git, url }) => {
      const checkout = await git.checkout(url, WANT);
      await checkout.switchTo(checkout.refs.base);
      await playStep(checkout, "echo ours > ours.txt");
      const store = await git.open(url);
      const unknown = "1".repeat(40);
      await expect(store.snapshot(checkout, [checkout.refs.base, unknown])).rejects.toMatchObject({
        code: "git-failed",
      });
    }));
});

describe("what is left out is named", () => {
  test("ignored files, a whole folder at a time", async () => {
    const { changes, leftOut } = await work(
      "mkdir dist; touch dist/{1..50}; touch a.log b.log; echo x > x.txt",
    );
    expect(changes).toEqual(["added x.txt"]);
    expect(leftOut).toEqual(["Ignored by `.gitignore`: `a.log`, `b.log`, `dist/`."]);
  });

  test("no more than ten of a kind, and the number of the others", async () => {
    const { leftOut } = await work("touch {1..12}.log");
    expect(leftOut).toEqual([expect.stringMatching(/^Ignored by .*`11\.log`.* and 2 more\.$/)]);
  });

  test("commits on other branches, and a stash", async () => {
    const script =
      "git checkout -qb topic/x; echo 1 > one.txt; git add .; git commit -qm one; git checkout -q main; git branch same;" +
      "git branch packed topic/x; git pack-refs --all; echo s >> README.md; git stash -q";
    const { changes, leftOut } = await work(script);
    expect(changes).toEqual([]);
    expect(leftOut.map((note) => note.replace(/[0-9a-f]{12}/, "…"))).toEqual([
      "The branch `packed` (commit …) that the step made: only what was in the work tree is taken.",
      "The branch `topic/x` (commit …) that the step made: only what was in the work tree is taken.",
      "A stash that the step made.",
    ]);
  });

  test("the history of a nested repository, whose files are in", async () => {
    const script =
      "mkdir -p app/sub; cd app; git init -q; echo x > x.txt; echo dist/ > .gitignore; mkdir dist; touch dist/y;" +
      "git add .; git commit -qm one; cd sub; git init -q; echo y > y.txt; git add .; git commit -qm two";
    const { changes, modes, leftOut } = await work(script);
    expect(changes).toEqual(["added app/.gitignore", "added app/sub/y.txt", "added app/x.txt"]);
    expect(modes).not.toContain("160000");
    expect(leftOut).toEqual(["Histories of nested repositories (their files are in): `app/`, `app/sub/`."]);
  });

  test("nothing of a repository that was made in a tracked folder or in the place of a file is lost", async () => {
    const script =
      "cd src; git init -q; echo n > new.txt; git add .; git commit -qm one; cd ..; rm README.md; mkdir README.md; cd README.md;" +
      "git init -q; echo r > r.txt; git add .; git commit -qm two";
    expect((await work(script)).changes).toEqual([
      "deleted README.md",
      "added README.md/r.txt",
      "added src/new.txt",
    ]);
  });

  test("a file of more than 100 MiB, be it new or changed", async () => {
    const { changes, leftOut } = await work(
      "truncate -s 1T giant; truncate -s 101M src/a.txt; echo x > x.txt",
    );
    expect(changes).toEqual(["added x.txt"]);
    expect(leftOut).toEqual(["Larger than 100 MiB: `src/a.txt`, `giant`."]);
  });

  test("FIFOs and sockets, also where git would wait at one", async () => {
    const script =
      "mkfifo pipe src/.gitignore src/.gitattributes; rm src/b.txt; mkfifo src/b.txt; mkdir n; mkfifo n/.gitignore; echo x > n/x.txt";
    const { changes, leftOut } = await work(script);
    expect(changes).toEqual(["added n/x.txt"]);
    expect(leftOut).toHaveLength(1);
    for (const name of ["pipe", "src/.gitignore", "src/.gitattributes", "src/b.txt", "n/.gitignore"]) {
      expect(leftOut[0]).toContain(`\`${name}\``);
    }
  });

  test("names that git refuses, beside names that it takes though they are odd", async () => {
    const script =
      'mkdir .GIT x .git\u200c git~1; for f in .GIT/config x/.gIt .git\u200c/hooks git~1/x; do echo x > "$f"; done;' +
      "echo 1 > $'new\\nline'; echo 2 > ./-rf; echo 3 > $'\\xff\\xfe'; echo 4 > '\"quoted\"'; echo 5 > 'a b'; echo 6 > A; echo 7 > a; echo 8 > ':(glob)*'";
    const { changes, leftOut } = await work(script);
    expect(changes.toSorted()).toEqual(
      [
        'added "quoted"',
        "added -rf",
        "added :(glob)*",
        "added A",
        "added a",
        "added a b",
        "added new\nline",
        "added \xff\xfe",
      ].toSorted(),
    );
    expect(leftOut).toEqual([expect.stringMatching(/^Refused by git .*: (`[^`]+`(, )?){4}\.$/)]);
  });

  test("what was put into a submodule's place, which stays at its commit", () =>
    withGit(
      { ".gitmodules": '[submodule "s"]\n\tpath = s\n\turl = ../s\n', "a.txt": "a\n" },
      async ({ git, url, inRemote, commitRemote }) => {
        const main = await inRemote("rev-parse", BASE);
        await inRemote("read-tree", main);
        await inRemote(
          "update-index",
          "--add",
          "--cacheinfo",
          `160000,${main},s`,
          "--add",
          "--cacheinfo",
          `160000,${main},t`,
        );
        const tree = await inRemote("write-tree");
        await inRemote(
          "update-ref",
          `refs/heads/${BASE}`,
          await inRemote("commit-tree", "-p", main, "-m", "submodules", tree),
        );
        await commitRemote(BASE, { "b.txt": "b\n" });
        const { changes, leftOut } = await takeWork(git, url, "echo x > s/x; rmdir t; echo y > y");
        expect(listed(changes)).toEqual(["added y"]);
        expect(leftOut).toEqual(["Submodules (they stay at their commit): `s`, `t`."]);
      },
    ));
});
