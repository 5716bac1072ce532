import { describe, expect, jest, test } from "@jest/globals";
import { GIT } from "../attacks/git.ts";
import { flawsOf } from "../builders/attack-flaws.ts";

jest.setTimeout(60_000);

describe("a step that turns on git gains nothing", () => {
  test.each(GIT)("$name", async (attack) => {
    expect(await flawsOf(attack)).toEqual([]);
  });
});
