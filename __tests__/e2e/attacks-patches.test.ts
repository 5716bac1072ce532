import { describe, expect, jest, test } from "@jest/globals";
import { PATCHES } from "../attacks/patches.ts";
import { flawsOf } from "../builders/attack-flaws.ts";

jest.setTimeout(60_000);

describe("a change that reaches too far is refused", () => {
  test.each(PATCHES)("$name", async (attack) => {
    expect(await flawsOf(attack)).toEqual([]);
  });
});
