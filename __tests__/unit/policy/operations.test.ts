import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { parseOperationsPolicy, readOperationsPolicy } from "../../../src/policy/operations.ts";
import { aWorld, DISPATCH } from "../../fakes/world.ts";

const PATH = ".github/operations.yml";
const HEAD = "name: production\nversion: 1\n";

function problemOf(text: string): string {
  try {
    parseOperationsPolicy(text, PATH);
  } catch (thrown) {
    if (thrown instanceof TaskFailure && thrown.code === "invalid-policy") return thrown.detail;
    throw thrown;
  }
  return "none";
}

describe("an operations policy", () => {
  test("without rules allows nothing", () => {
    expect(parseOperationsPolicy(HEAD, PATH)).toEqual({
      name: "production",
      version: 1,
      allowed_actions: [],
      denied_actions: [],
      rate_limits: [],
      auto_approve: [],
    });
  });

  test("gives every rule, whichever way it is written", () => {
    const text = `
name: production
version: "1.0"
allowed_actions:
  - type: restart_service
    conditions: the error rate is above 5 %
  - type: s3:*
    conditions: { resource: [web/*, api/*], context.replicas: 3 }
    requires_approval: true
  - type: scale_up
    conditions: [{ risk_level: low }, nobody is on holiday]
    requires_approval: false
denied_actions:
  - s3:Delete*
  - { type: drop_database, reason: It cannot be undone. }
rate_limits:
  - { action: restart_service, max: 5, per: hour }
auto_approve:
  - { risk_level: medium, actions: [restart_service], min_confidence: 0.8 }
  - { risk_level: [low], actions: [open_pull_request], paths: [docs/**] }
`;
    const none = { judged: [], unjudged: [] };
    expect(parseOperationsPolicy(text, PATH)).toMatchObject({
      allowed_actions: [
        { type: "restart_service", conditions: { ...none, unjudged: ["the error rate is above 5 %"] } },
        {
          type: "s3:*",
          conditions: {
            judged: [
              { field: "resource", globs: ["web/*", "api/*"] },
              { field: "context.replicas", globs: ["3"] },
            ],
          },
          requires_approval: true,
        },
        {
          type: "scale_up",
          conditions: {
            judged: [{ field: "risk_level", globs: ["low"] }],
            unjudged: ["nobody is on holiday"],
          },
          requires_approval: false,
        },
      ],
      denied_actions: [
        { type: "s3:Delete*", reason: null },
        { type: "drop_database", reason: "It cannot be undone." },
      ],
      rate_limits: [{ action: "restart_service", max: 5, per: "hour", windowMs: 3_600_000 }],
      auto_approve: [
        { risk_level: ["low", "medium"], actions: ["restart_service"], min_confidence: 0.8 },
        { risk_level: ["low"], actions: ["open_pull_request"], paths: ["docs/**"] },
      ],
    });
  });

  test("takes rates as a map, and a single rule of `auto_approve` without its dash", () => {
    const text = `${HEAD}rate_limits: { restart_service: 5/hour, "s3:*": 2 / day }\nauto_approve: { risk_level: low, actions: [] }\n`;
    expect(parseOperationsPolicy(text, PATH)).toMatchObject({
      rate_limits: [
        { action: "restart_service", max: 5, per: "hour" },
        { action: "s3:*", max: 2, per: "day" },
      ],
      auto_approve: [{ risk_level: ["low"], actions: [] }],
    });
  });

  test.each([
    ["an unknown key", "allow: []", "the key `allow` is unknown; there are `name`, `version`, "],
    ["another version", "version: 2", "`version`: "],
    ["no glob of an action", "denied_actions: ['a b']", "`denied_actions.0`: must be an action's name"],
    ["an unknown key of a rule", "allowed_actions: [{ type: a, when: b }]", "`when` in `allowed_actions.0`"],
    [
      "a condition on what no report has",
      "allowed_actions: [{ type: a, conditions: { error_rate: '>5' } }]",
      "`allowed_actions.0.conditions.error_rate`: there is no such field: a condition is about `resource`",
    ],
    [
      "a rate that cannot be counted",
      "rate_limits: { max_actions_per_hour: 10 }",
      "`rate_limits.max_actions_per_hour`: must be a limit such as `5/hour`",
    ],
    ["a rate by the week", "rate_limits: [{ action: a, max: 1, per: week }]", "`rate_limits.0.per`: "],
    ["a rate of nothing", "rate_limits: { a: 0/hour }", "`rate_limits.a`: must be a limit"],
    ["an unknown risk", "auto_approve: { risk_level: none, actions: [a] }", "`auto_approve.risk_level`: "],
    [
      "too much confidence",
      "auto_approve: [{ risk_level: low, actions: [a], min_confidence: 90 }]",
      "min_conf",
    ],
  ])("is refused with %s, which is named", (_what, text, problem) => {
    const head = text.startsWith("version") ? "name: production\n" : HEAD;
    expect(problemOf(`${head}${text}\n`)).toContain(problem);
  });

  test("needs a name and a version", () => {
    expect(problemOf("version: 1\n")).toContain("`name`: ");
    expect(problemOf("name: production\n")).toContain("`version`: ");
  });

  test("is read from the default branch, and must be there", async () => {
    const { ports, github } = aWorld();
    await expect(readOperationsPolicy(ports, DISPATCH, PATH)).rejects.toMatchObject({
      code: "invalid-policy",
      detail: expect.stringContaining("no such file"),
    });
    github.files.set(PATH, HEAD);
    expect(await readOperationsPolicy(ports, DISPATCH, PATH)).toMatchObject({ name: "production" });
  });
});
