import { describe, expect, jest, test } from "@jest/globals";
import { ISSUE_TEXT } from "../attacks/issue-text.ts";
import { flawsOf } from "../builders/attack-flaws.ts";

jest.setTimeout(60_000);

describe("hostile text of an issue gains nothing", () => {
  test.each(ISSUE_TEXT)("$name", async (attack) => {
    expect(await flawsOf(attack)).toEqual([]);
  });
});
