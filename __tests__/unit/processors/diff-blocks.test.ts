import { describe, expect, test } from "@jest/globals";
import { findDiffBlocks } from "../../../src/processors/diff-blocks.ts";

const DIFF = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n";

const fenced = (opening: string, closing: string, text = DIFF) =>
  `Please apply:\n\n${opening}\n${text}${closing}\nThanks.\n`;

describe("the fences that hold a diff", () => {
  test.each([
    ["```diff", "```"],
    ["```patch", "```"],
    ["```DIFF", "```"],
    ["``` diff", "```"],
    ['```diff title="x.txt"', "```"],
    ["```diff {1,2}", "```"],
    ["~~~diff", "~~~"],
    ["````diff", "````"],
    ["~~~~~ patch", "~~~~~~"],
    ["   ```diff", "  ```"],
  ])("%s is one", (opening, closing) => {
    expect(findDiffBlocks(fenced(opening, closing))).toEqual([{ line: 4, text: DIFF }]);
  });

  test.each(["```", "```js", "```different", "```text diff", "````markdown"])("%s is none", (opening) => {
    expect(findDiffBlocks(fenced(opening, opening.replace(/[^`]/g, "")))).toEqual([]);
  });

  test("a diff shown inside a longer fence of another kind is text", () => {
    expect(findDiffBlocks(`\`\`\`\`markdown\n${fenced("```diff", "```")}\`\`\`\`\n`)).toEqual([]);
  });

  test("indented code and HTML comments hold none", () => {
    expect(
      findDiffBlocks(`Text:\n\n    \`\`\`diff\n    ${DIFF}\n\n<!--\n\`\`\`diff\n${DIFF}\`\`\`\n-->\n`),
    ).toEqual([]);
  });

  test("each fence is a block of its own, with the line on which its text begins", () => {
    const blocks = findDiffBlocks(`\`\`\`diff\n${DIFF}\`\`\`\n\`\`\`patch\n${DIFF}\`\`\`\n`);
    expect(blocks).toEqual([
      { line: 2, text: DIFF },
      { line: 9, text: DIFF },
    ]);
  });
});

describe("the text of a diff", () => {
  test("runs to the end where the fence is not closed", () => {
    expect(findDiffBlocks(`\`\`\`diff\n${DIFF}`)).toEqual([{ line: 2, text: DIFF }]);
  });

  test("is not ended by a shorter fence, another mark or a fence with words behind it", () => {
    const text = `${DIFF} \`\`\`\n ~~~~\n\`\`\`\`js\n`;
    expect(findDiffBlocks(fenced("````diff", "````", text))).toEqual([{ line: 4, text }]);
  });

  test("keeps CRLF, lone CR and trailing spaces as they are", () => {
    const text = "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\rb \r\n+c\t\r\n";
    expect(findDiffBlocks(`\`\`\`diff\r\n${text}\`\`\`\r\n`)).toEqual([{ line: 2, text }]);
  });

  test("keeps blank lines in an indented fence", () => {
    expect(findDiffBlocks("  ```diff\n  +a\n\n    +b\n  ```\n")).toEqual([{ line: 2, text: "+a\n\n  +b\n" }]);
  });

  test("loses the marks of the quotation around it, and ends with the quotation", () => {
    expect(findDiffBlocks("> ```diff\n> -a\n>\n> > b\nnot quoted\n")).toEqual([
      { line: 2, text: "-a\n\n> b\n" },
    ]);
  });

  test("loses the indentation of the list item around it, and ends with the item", () => {
    const list =
      "1. Apply this:\n\n   ```diff\n   -a\n    context\n   ```\n- ```patch\n  +b\nnot in the list\n";
    expect(findDiffBlocks(list)).toEqual([
      { line: 4, text: "-a\n context\n" },
      { line: 8, text: "+b\n" },
    ]);
  });

  test("is found as often as 65,536 characters can hold it, and not in as many marks", () => {
    const hostile = "> ".repeat(16_384) + "- ".repeat(8_192) + "`".repeat(16_384);
    expect(findDiffBlocks(hostile)).toEqual([]);
    expect(findDiffBlocks("```diff\n```\n".repeat(5_461))).toHaveLength(5_461);
  });
});
