import { expect, test } from "@jest/globals";
import { medianOf } from "../../../../src/service/status/hours.ts";
import { ageOf, countOf, percentOf } from "../../../../src/service/status/words.ts";

const MINUTE = 60_000;

test.each([
  [-5000, "0 s"],
  [59_999, "59 s"],
  [MINUTE, "1 min"],
  [60 * MINUTE, "1 h 0 min"],
  [47 * 60 * MINUTE + 30 * MINUTE, "47 h 30 min"],
  [49 * 60 * MINUTE, "2 d"],
])("an age of %d ms is put as %s", (milliseconds, words) => {
  expect(ageOf(milliseconds)).toBe(words);
});

test("thousands are set apart", () => {
  expect([0, 999, 1000, 1_234_567].map(countOf)).toEqual(["0", "999", "1\u202f000", "1\u202f234\u202f567"]);
});

test("a share is never rounded up to all, and of nothing there is none", () => {
  expect([percentOf(999, 1000), percentOf(3, 3), percentOf(0, 0)]).toEqual([
    "99\u202f%",
    "100\u202f%",
    "\u2013",
  ]);
});

test("the median is the middle value, or between the two middle ones", () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3]), medianOf([])]).toEqual([2, 2.5, null]);
});
