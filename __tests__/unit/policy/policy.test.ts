import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { NO_POLICY, parsePolicy, readPolicy } from "../../../src/policy/policy.ts";
import { aWorld, DISPATCH } from "../../fakes/world.ts";

const PATH = ".github/agent-runner.yml";

function problemOf(text: string): string {
  try {
    parsePolicy(text, PATH);
  } catch (thrown) {
    if (thrown instanceof TaskFailure && thrown.code === "invalid-policy") return thrown.detail;
    throw thrown;
  }
  return "none";
}

describe("a policy file", () => {
  test("says nothing where it is empty, or holds comments alone", () => {
    expect(parsePolicy("", PATH)).toEqual(NO_POLICY);
    expect(parsePolicy("# to come\n", PATH)).toEqual(NO_POLICY);
  });

  test("gives every rule", () => {
    const text = [
      "enabled: false",
      "reason: Release week",
      "allowed-targets: [acme/*]",
      "allowed-actors: [mona]",
      "denied-actors: [mallory]",
      'allowed-bots: ["backend[bot]"]',
      "tasks-per-day: 20",
      "require-signature: true",
      "protected-paths: [infra/**]",
      "on-protected: draft",
      "max-files: 50",
      "max-patch-kb: 1024",
      "timeout-minutes: 0.5",
      "isolation: user",
    ].join("\n");
    expect(parsePolicy(text, PATH)).toEqual({
      enabled: false,
      reason: "Release week",
      "allowed-targets": ["acme/*"],
      "allowed-actors": ["mona"],
      "denied-actors": ["mallory"],
      "allowed-bots": ["backend[bot]"],
      "tasks-per-day": 20,
      "require-signature": true,
      "protected-paths": ["infra/**"],
      "on-protected": "draft",
      "max-files": 50,
      "max-patch-kb": 1024,
      "timeout-minutes": 0.5,
      isolation: "user",
    });
  });

  test("is refused with an unknown key, which is named beside those that there are", () => {
    expect(problemOf("max-file: 3\n")).toContain("the key `max-file` is unknown; there are `enabled`, ");
  });

  test.each([
    ["enabled: nope", "`enabled`"],
    ["max-files: 0", "`max-files`"],
    ["max-files: many", "`max-files`"],
    ["on-protected: never", "`on-protected`"],
    ["allowed-bots: ['*']", "`allowed-bots.0`"],
    ["allowed-targets: []", "`allowed-targets`"],
    ["protected-paths: ['!.github/**']", "`protected-paths.0`"],
    ["- enabled", "`(the whole file)`"],
    ["max-files: 1\nmax-files: 2", "no YAML (`DUPLICATE_KEY` in line 2)"],
    ["enabled: [", "no YAML"],
  ])("is refused, naming the place: %j", (text, place) => {
    expect(problemOf(text)).toContain(place);
    expect(problemOf(text)).toMatch(/^`\.github\/agent-runner\.yml`: /);
  });

  test.each([
    ["aliases", "a: &a [x]\nb: *a\n"],
    [
      "aliases that unfold without end",
      `a: &a [x]\n${[..."abcdefghij"].map((name, i) => `${"bcdefghijk"[i]}: &${"bcdefghijk"[i]} [*${name}, *${name}]`).join("\n")}\n`,
    ],
    ["nesting without end", "[".repeat(60_000)],
    ["too long a text", `# ${"x".repeat(70_000)}`],
    ["a tag that makes objects", "enabled: !!js/function 'x'"],
  ])("is refused, and harms nobody, with %s", (_, text) => {
    expect(problemOf(text)).not.toBe("none");
  });
});

describe("the policy of a run", () => {
  test("is none, and costs no call, where the workflow names no file", async () => {
    const { github } = aWorld();
    expect(await readPolicy({ dispatch: github.api }, { policyFile: null }, DISPATCH)).toEqual(NO_POLICY);
    expect(github.script.names()).toEqual([]);
  });

  test("comes from the dispatch repository by one call", async () => {
    const { github } = aWorld();
    github.files.set(PATH, "max-files: 3\n");
    const policy = await readPolicy({ dispatch: github.api }, { policyFile: PATH }, DISPATCH);
    expect(policy["max-files"]).toBe(3);
    expect(github.script.calls).toEqual([{ name: "textFile", args: [DISPATCH, PATH] }]);
  });

  test("is a failure where the file is missing", async () => {
    const { github } = aWorld();
    await expect(readPolicy({ dispatch: github.api }, { policyFile: PATH }, DISPATCH)).rejects.toMatchObject({
      code: "invalid-policy",
      detail: expect.stringContaining("has no such file"),
    });
  });
});
