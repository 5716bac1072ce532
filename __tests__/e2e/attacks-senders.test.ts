import { describe, expect, jest, test } from "@jest/globals";
import { SENDERS } from "../attacks/senders.ts";
import { flawsOf } from "../builders/attack-flaws.ts";

jest.setTimeout(60_000);

describe("people and programs without the right gain nothing", () => {
  test.each(SENDERS)("$name", async (attack) => {
    expect(await flawsOf(attack)).toEqual([]);
  });
});
