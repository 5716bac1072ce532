import { expect, test } from "@jest/globals";
import { fitText } from "../../../src/report/fit.ts";
import { duration, noteList, table } from "../../../src/report/markdown.ts";

test.each([
  [0, "0.0 s"],
  [1234, "1.2 s"],
  [59_949, "59.9 s"],
  [59_950, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [3_599_600, "1 h 0 min"],
  [3_780_000, "1 h 3 min"],
])("%d ms are %s", (milliseconds, shown) => {
  expect(duration(milliseconds)).toBe(shown);
});

test("a note is one line that acts on nothing, and none make no list", () => {
  expect(noteList(["a\nb", "@x"])).toBe("- a b\n- @\u2060x");
  expect(noteList([])).toBeNull();
});

test("a bar in a cell ends no cell", () => {
  expect(table(["A", "B"], [["a|b", "c"]])).toBe("| A | B |\n| --- | --- |\n| a\\|b | c |");
});

test("a text is cut to the longest start that fits in bytes, on whole code points", () => {
  const render = (part: string, isCut: boolean) => part + (isCut ? "!" : "");
  expect(fitText("ab漢", 5, render)).toBe("ab漢");
  expect(fitText("ab漢", 4, render)).toBe("ab!");
  expect(fitText("😀😀", 6, render)).toBe("😀!");
  expect(fitText("abc", 0, render)).toBe("!");
});
