import { describe, expect, test } from "@jest/globals";
import { showInvisible } from "../../src/invisible.ts";

describe("what a reader cannot see is shown", () => {
  test.each([
    ["a bidi override", "a\u202eb", "a\\u{202e}b"],
    ["a zero-width space", "a\u200bb", "a\\u{200b}b"],
    ["a tag character", "a\u{e0041}", "a\\u{e0041}"],
    ["a variation selector after a letter", "a\ufe0f", "a\\u{fe0f}"],
    ["a joiner between letters", "a\u200db", "a\\u{200d}b"],
    ["a Hangul filler", "\u3164", "\\u{3164}"],
    ["an escape", "\u001b[31m", "\\u{1b}[31m"],
    ["a line separator", "a\u2028b\u0085c", "a\\u{2028}b\\u{85}c"],
    ["NUL and lone surrogates", "a\0\ud800", "a\ufffd\ufffd"],
  ])("%s", (_what, text, shown) => {
    expect(showInvisible(text)).toBe(shown);
  });

  test.each(["👩‍💻 👍🏽 ❤️ 1️⃣ ⚠️", "می‌خواهم", "क्‍ष", "tab\tand\nline"])("%j is left whole", (text) => {
    expect(showInvisible(text)).toBe(text);
  });

  test("a joiner after an emoji is kept once, so that nothing is written with many", () => {
    expect(showInvisible("❤\u200d\u200d\u200d")).toBe("❤\u200d\\u{200d}\\u{200d}");
  });
});
