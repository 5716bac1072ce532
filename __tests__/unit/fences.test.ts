import { describe, expect, test } from "@jest/globals";
import { fence, settleFences } from "../../src/fences.ts";

const visibly = (text: string) => text.replaceAll("\u2060", "·");

describe("fences are settled", () => {
  test.each([
    ["an open fence is closed", "```js\na", "```js\na\n```"],
    ["a longer fence is closed as long", "~~~~\n~~~", "~~~~\n~~~\n~~~~"],
    ["a closed fence stays", "```\na\n```\nb", "```\na\n```\nb"],
    ["up to three spaces may stand before an end", "```\na\n   ```\nb", "```\na\n   ```\nb"],
    ["a no-break space behind it makes it no end", "```\n```\u00a0", "```\n```\u00a0\n```"],
    ["four spaces end nothing", "```\n    ```", "```\n    ```\n```"],
    ["a fence in a list stays where it ends there", "- a\n  ```\n  b\n  ```", "- a\n  ```\n  b\n  ```"],
    ["a fence that its list leaves open is broken", "- a\n  ```\nb", "- a\n  `·``\nb"],
    ["a fence beside its list's mark is broken", "- ```\n  a", "- `·``\n  a"],
    ["a fence in a quote is broken", "> ~~~\na", "> ~·~~\na"],
    ["code within a line is no fence", "```a``` b", "```a``` b"],
  ])("%s", (_what, text, settled) => {
    expect(visibly(settleFences(text))).toBe(settled);
  });

  test("a fence that is made for code is longer than any run of backticks in it", () => {
    expect(fence("a ```` b\n", "text")).toBe("`````text\na ```` b\n`````");
  });
});
