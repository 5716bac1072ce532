import { describe, expect, test } from "@jest/globals";
import { matchesAction, matchesWildcard } from "../../../src/policy/wildcard.ts";

describe("a wildcard", () => {
  test.each([
    ["s3:*", "s3:PutObject"],
    ["s3:*", "s3:"],
    ["*", ""],
    ["*", "a:b/c.d"],
    ["s3:*Object", "s3:PutObject"],
    ["s3:*Object*", "s3:GetObjectAcl"],
    ["restart_?", "restart_a"],
    ["a*b*c", "aXbXbXc"],
    ["**", "a"],
    ["deployment/*", "deployment/eu/web"],
    ["[a-z]{x}+(y)", "[a-z]{x}+(y)"],
  ])("%s takes %s", (pattern, text) => {
    expect(matchesWildcard(pattern, text)).toBe(true);
  });

  test.each([
    ["s3:*", "s3"],
    ["s3:*", "ec2:s3:x"],
    ["s3:*Object", "s3:PutObjects"],
    ["restart_?", "restart_"],
    ["a*b", "ac"],
    ["", "a"],
    ["a", ""],
    ["a.c", "abc"],
    ["[a-z]", "a"],
    ["{a,b}", "a"],
    ["!(a)", "b"],
  ])("%s does not take %s", (pattern, text) => {
    expect(matchesWildcard(pattern, text)).toBe(false);
  });

  test("ends soon, whatever it is asked", () => {
    expect(matchesWildcard(`${"*a".repeat(250)}b`, "a".repeat(1024))).toBe(false);
  });

  test("takes an action in any case, and a text in its own alone", () => {
    expect(matchesAction("S3:put*", "s3:PutObject")).toBe(true);
    expect(matchesWildcard("Web", "web")).toBe(false);
  });
});
