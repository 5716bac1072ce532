import { describe, expect, test } from "@jest/globals";
import {
  cutText,
  harmlessLine,
  harmlessMarkdown,
  harmlessText,
  inlineCode,
  quoteText,
  showPath,
} from "../../src/harmless.ts";

/** Shows where a text was broken. */
const visibly = (text: string) => text.replaceAll("\u2060", "·");

describe("text from outside is broken where it would act", () => {
  test.each([
    ["a metadata comment", "<!-- agent_task_metadata {} -->", "<·!-- agent_task_metadata {} -->"],
    ["a marker of our own", "<!--agent_task_result {}-->", "<·!--agent_task_result {}-->"],
    ["a tag that loads an image", "<img src=x>", "<·img src=x>"],
    ["a closing tag", "</details>", "<·/details>"],
    ["a processing instruction", "<?php", "<·?php"],
    ["a backend's closing keyword", "fixes #5", "fixes #·5"],
    ["a closing keyword inside a word", "prefixes #5", "prefixes #·5"],
    ["a closing keyword with other spaces", "Closes:\u00a0\u3000#5", "Closes:\u00a0\u3000#·5"],
    [
      "a closing keyword with other digits",
      "resolves #\u0665 #\uff15 #\u0be7",
      "resolves #·\u0665 #·\uff15 #·\u0be7",
    ],
    ["a reference to another repository", "fixed octo/repo#12", "fixed octo/repo#·12"],
    ["a reference without a number sign", "closes gh-12", "closes gh-·12"],
    ["a reference with an escaped dash", "GH\\-12", "GH\\-·12"],
    ["the URL of an issue", "https://github.com/o/r/issues/5", "https://github.com/o/r/issues/·5"],
    ["the URL of a pull request", "https://ghe.example/o/r/pull/5", "https://ghe.example/o/r/pull/·5"],
    ["a mention", "@octocat", "@·octocat"],
    ["a mention of a team", "(@your-org/everyone)", "(@·your-org/everyone)"],
    [
      "a mention in disguise",
      "&#64;octocat &commat;octocat &#x40;o",
      "&·#·64;octocat &·commat;octocat &·#x40;o",
    ],
    ["a trailer", "Co-authored-by: A <a@b.c>", "Co-authored-by·: A <·a@·b.c>"],
    ["a trailer of ours", "Agent-Task-Id: 1", "Agent-Task-Id·: 1"],
    ["a trailer with space before its colon", "  Signed-off-by : A", "  Signed-off-by ·: A"],
    ["a trailer that skips checks", "skip-checks: true", "skip-checks·: true"],
    ["a word that skips CI", "[skip ci] [ci skip] [NO CI]", "[·skip ci] [·ci skip] [·NO CI]"],
    ["another word that skips CI", "[skip actions][actions skip]", "[·skip actions][·actions skip]"],
    ["an image", "![x](https://evil.example/x.png)", "!·[x](https://evil.example/x.png)"],
    ["a link definition", "[x]: https://evil.example", "[x]·: https://evil.example"],
    ["a chat command", "a\n/agent retry", "a\n/·agent retry"],
  ])("%s", (_what, text, broken) => {
    expect(visibly(harmlessText(text))).toBe(broken);
  });

  test.each([
    "# A heading\n\n- a list\n- [x] done",
    "a && b, C#, F# 5, a @ b, x < 5, a[0] = 1, R&D",
    "https://example.com/?a=1&b=2#top and <https://example.com>",
    "@@ -1,3 +1,4 @@",
    "feat(api): add a thing",
    "see path/to/file and /usr/bin",
  ])("ordinary text stays as it is: %j", (text) => {
    expect(harmlessText(text)).toBe(text);
  });

  test("line ends of every kind become line feeds", () => {
    expect(harmlessText("a\r\nb\rc")).toBe("a\nb\nc");
  });

  test("a break that somebody else made cannot hide a token from ours", () => {
    expect(visibly(harmlessText("<\u2060!-- fi\u2060xes #\u20605"))).toBe("<·!-- fixes #·5");
  });
});

describe("Markdown from outside", () => {
  test("is cut with its open fence closed", () => {
    const text = harmlessMarkdown(`\`\`\`js\n${"x".repeat(200)}`, { maxLength: 100 });
    expect(text.length).toBeLessThanOrEqual(100);
    expect(text).toMatch(/x\n```\n\n…$/);
  });

  test("keeps its own form when it is short enough", () => {
    expect(harmlessMarkdown("**Done**\n\n- a\n", { maxLength: 100 })).toBe("**Done**\n\n- a");
  });
});

describe("a quotation", () => {
  test("has a fence longer than any in it, inside a block quote", () => {
    expect(quoteText("a\n````\n# b\n")).toBe("> `````text\n> a\n> ````\n> # b\n> `````");
  });
});

describe("a line", () => {
  test("is one line", () => {
    expect(harmlessLine("  a\n\u2028 b\t", 80)).toBe("a b");
  });

  test("is cut on a whole code point", () => {
    expect(harmlessLine("ab😀cd", 4)).toBe("ab…");
    expect(cutText("ab😀", 4)).toBe("ab😀");
  });
});

describe("code within a line", () => {
  test.each([
    ["main", "`main`"],
    ["a`b", "``a`b``"],
    ["`", "`` ` ``"],
    ["", "`  `"],
    ["a\nb", "`a b`"],
  ])("%j is %j", (text, code) => {
    expect(inlineCode(text)).toBe(code);
  });

  test("a path is shown as UTF-8, with what cannot be seen", () => {
    expect(showPath(Buffer.from("dir/ü\u202e.txt").toString("latin1"))).toBe("`dir/ü\\u{202e}.txt`");
    expect(showPath("\xff.txt")).toBe("`\ufffd.txt`");
  });
});
