import { describe, expect, test } from "@jest/globals";
import { NO_POLICY, type Policy } from "../../../src/policy/policy.ts";
import { tighten } from "../../../src/policy/tighten.ts";
import { someSettings } from "../../builders/settings.ts";

const INPUTS = {
  "max-files": "10",
  "max-patch-kb": "100",
  "timeout-minutes": "20",
  "on-protected": "draft",
  "protected-paths": "infra/**\n!infra/docs/**",
} as const;

function tightened(policy: Partial<Policy>) {
  return tighten(someSettings(INPUTS), { ...NO_POLICY, ...policy });
}

describe("the inputs within a policy", () => {
  test("are what they were where the policy says nothing", () => {
    expect(tightened({})).toEqual(someSettings(INPUTS));
  });

  test.each([
    ["max-files", "maxFiles", 3, 30, 10],
    ["max-patch-kb", "maxPatchKb", 30, 300, 100],
    ["timeout-minutes", "timeoutMinutes", 0.5, 60, 20],
  ] as const)("have the smaller %s", (key, name, lower, higher, own) => {
    expect(tightened({ [key]: lower })[name]).toBe(lower);
    expect(tightened({ [key]: higher })[name]).toBe(own);
  });

  test.each([
    ["allow", "draft"],
    ["draft", "draft"],
    ["fail", "fail"],
  ] as const)("that say draft, by a policy that says %s, are %s", (bound, expected) => {
    expect(tightened({ "on-protected": bound }).onProtected).toBe(expected);
  });

  test("have the policy's protected paths last, so that no `!` of theirs takes them out", () => {
    expect(tightened({ "protected-paths": ["infra/docs/**"] }).protectedPaths).toEqual([
      "infra/**",
      "!infra/docs/**",
      "infra/docs/**",
    ]);
  });
});
