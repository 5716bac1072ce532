import { describe, expect, jest, test } from "@jest/globals";
import { RUNNER } from "../attacks/runner.ts";
import { flawsOf } from "../builders/attack-flaws.ts";

jest.setTimeout(60_000);

describe("a step that turns on the runner gains nothing", () => {
  test.each(RUNNER)("$name", async (attack) => {
    expect(await flawsOf(attack)).toEqual([]);
  });
});
