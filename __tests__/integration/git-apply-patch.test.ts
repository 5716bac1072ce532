import { describe, expect, test } from "@jest/globals";
import type { GitStore } from "../../src/ports.ts";
import { listed, takeWork, WANT, withGit } from "../builders/git.ts";

const FILES = {
  "README.md": "# App\n",
  "crlf.txt": "one\r\ntwo\r\nthree\r\n",
  "no-end.txt": "a\nb",
  "gone.txt": "gone\n",
  "gone-empty.txt": "",
  "run.sh": "#!/bin/sh\n",
  "becomes-link": "text\n",
  "becomes-folder": "text\n",
  "folder/becomes-file.txt": "text\n",
  "spaces.txt": "trailing  \n\ttabs\t\n",
};
const LONGEST = 64 * 1024 * 1024;

/** Takes a step's work as a patch, and makes it again in a store that has nothing of it. */
async function crossed(script: string) {
  return await withGit(FILES, async ({ git, url }) => {
    const work = await takeWork(git, url, script);
    const patch = await work.store.patch(work.base, work.tree, LONGEST);
    const store = await git.open(url);
    const { base } = await store.fetch(WANT);
    const tree = await store.applyPatch(base, patch ?? Buffer.alloc(0));
    return { tree, expected: work.tree, changes: listed(work.changes) };
  });
}

describe("a patch that crosses to another job", () => {
  test.each([
    ["text", "echo more >> README.md; echo new > new.txt", 2],
    ["a binary file", "head -c 5000 /dev/urandom > image.png", 1],
    ["a binary file in place of a text", "head -c 3000 /dev/zero > README.md", 1],
    ["line ends", "sed -i 's/two/TWO/' crlf.txt; printf 'x\\r\\n' > new-crlf.txt", 2],
    ["line ends that change", "sed -i 's/\\r$//' crlf.txt", 1],
    ["a last line without an end", "printf 'a\\nc' > no-end.txt; printf x > new.txt", 2],
    ["a lone carriage return and other odd bytes", "printf 'a\\rb\\v\\f\\377\\n' > odd.txt", 1],
    ["white space at the ends of lines", "printf 'x  \\n\\n\\n' >> spaces.txt", 1],
    ["names in latin-1", "echo x > $'caf\\xe9.txt'; echo y > 'naïve.txt'", 2],
    ["names with spaces, quotes, tabs and line ends", "echo x > $'a b\"c\\td\\ne.txt'", 1],
    ["modes", "chmod +x README.md; chmod -x run.sh; echo x > tool; chmod +x tool", 2],
    ["deletions", "rm gone.txt gone-empty.txt", 2],
    ["empty files", ": > empty.txt; : > README.md", 2],
    ["symbolic links", "ln -s README.md link; rm becomes-link; ln -s nowhere becomes-link", 2],
    [
      "folders in place of files and the other way round",
      "rm becomes-folder; mkdir becomes-folder; echo x > becomes-folder/x; rm -r folder; echo y > folder",
      4,
    ],
    [
      "lines that look like a patch's own",
      "printf -- '--- a/x\\n+++ b/x\\n@@ -1 +1 @@\\nindex 0000000\\n' > README.md",
      1,
    ],
    [
      "files that attributes call binary, or of other line ends",
      "printf '*.txt -diff\\n*.md text eol=crlf\\n' > .gitattributes; echo x >> crlf.txt; printf 'a\\r\\n' > README.md",
      3,
    ],
    ["nested folders", "mkdir -p a/b/c; echo x > a/b/c/d.txt", 1],
  ])("carries %s", async (_, script, least) => {
    const { tree, expected, changes } = await crossed(script);
    expect(changes.length).toBeGreaterThanOrEqual(least);
    expect(tree).toBe(expected);
  });

  test("is refused where it does not fit, and where it is none", () =>
    withGit(FILES, async ({ git, url, commitRemote }) => {
      const work = await takeWork(git, url, "echo more >> README.md");
      const patch = (await work.store.patch(work.base, work.tree, LONGEST)) ?? Buffer.alloc(0);
      await commitRemote("main", { "README.md": "# Another\n" });
      const store: GitStore = await git.open(url);
      const { base } = await store.fetch(WANT);
      for (const wrong of [patch, Buffer.from("no patch"), Buffer.alloc(0)])
        await expect(store.applyPatch(base, wrong)).rejects.toMatchObject({ code: "patch-failed" });
    }));
});
