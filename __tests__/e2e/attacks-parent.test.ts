import { describe, expect, jest, test } from "@jest/globals";
import { PARENT } from "../attacks/parent.ts";
import { flawsOf } from "../builders/attack-flaws.ts";
import { describeLevels, STEP_USER } from "../builders/isolation-levels.ts";

jest.setTimeout(60_000);

describeLevels(describe, ({ choice: { level } }) => {
  // Not covered in `none`, as docs/security.md says: there the same attacks show that they work.
  const isCovered = level !== "none";
  const inputs = { isolation: level, ...(level === "user" ? { "isolation-user": STEP_USER } : {}) };

  test.each(PARENT)("$name", async (attack) => {
    const gained = isCovered
      ? []
      : [expect.stringMatching(/^(?:a token in what was told|it (?:read|wrote))/)];
    expect(await flawsOf({ ...attack, inputs })).toEqual(gained);
  });
});
