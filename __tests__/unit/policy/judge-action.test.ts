import { describe, expect, test } from "@jest/globals";
import type { InvestigationReport } from "../../../src/investigation/report.ts";
import { judgeAction, type PastAct } from "../../../src/policy/judge-action.ts";
import { parseOperationsPolicy } from "../../../src/policy/operations.ts";
import { anOperationReport, aTaskReport } from "../../builders/report.ts";

const NOW = new Date("2026-01-02T03:30:00Z");
const ALLOWED = "allowed_actions: [{ type: restart_service }]";
const LOW = "auto_approve: { risk_level: low, actions: [restart_service, open_pull_request] }";

function aPolicy(...rules: string[]) {
  return parseOperationsPolicy(["name: test", "version: 1", ...rules].join("\n"), "policy.yml");
}

function judge(rules: string[], change: Partial<InvestigationReport> = {}, past: PastAct[] = []) {
  return judgeAction(aPolicy(...rules), anOperationReport(change), past, NOW);
}

function actsAt(...times: string[]): PastAct[] {
  return times.map((time) => ({ action: "restart_service", at: new Date(`2026-01-02T${time}Z`) }));
}

describe("an action", () => {
  test("that nothing allows is denied", () => {
    expect(judge([])).toEqual({ kind: "denied", reason: "the policy does not allow `restart_service`" });
  });

  test("that is denied stays so, whatever allows it, in any case", () => {
    const rules = [
      "allowed_actions: [{ type: '*', requires_approval: false }]",
      "denied_actions: [{ type: Restart_*, reason: Not in January. }]",
      LOW,
    ];
    expect(judge(rules)).toEqual({
      kind: "denied",
      reason: "the policy denies `restart_service`: Not in January.",
    });
  });

  test("that is allowed is asked of a person where no rule spares one", () => {
    expect(judge([ALLOWED])).toEqual({
      kind: "person",
      reason: "no rule of `auto_approve` names `restart_service`",
    });
  });

  test("is allowed by a glob only where it fits", () => {
    const rules = ["allowed_actions: [{ type: 's3:*' }]"];
    expect(judge(rules, { action: "s3:PutObject" }).kind).toBe("person");
    expect(judge(rules, { action: "s3" }).kind).toBe("denied");
  });
});

describe("a condition", () => {
  test.each([
    ["resource", "'deployment/*'"],
    ["trigger_source", "[manual, alert]"],
    ["risk_level", "low"],
    ["context.environment", "stag*"],
    ["context.replicas", "3"],
  ])("on `%s` lets what fits pass", (field, globs) => {
    const rules = [`allowed_actions: [{ type: '*', conditions: { ${field}: ${globs} } }]`];
    expect(judge(rules).kind).toBe("person");
  });

  test.each([
    [
      "resource",
      "'db/*'",
      "the policy allows `restart_service` only where `resource` is `db/*` (it is `deployment/web`)",
    ],
    ["context.region", "[eu, us]", "only where `context.region` is `eu` or `us` (it is not given)"],
    ["context.constructor", "'*'", "(it is not given)"],
    ["context.nodes", "'*'", "(it is not given)"],
  ])("on `%s` denies what does not fit, and says so", (field, globs, reason) => {
    const rules = [`allowed_actions: [{ type: '*', conditions: { ${field}: ${globs} } }]`];
    const decision = judge(rules, { context: { nodes: ["a"] } });
    expect(decision).toEqual({ kind: "denied", reason: expect.stringContaining(reason) });
  });

  test("must hold whole, in one of the rules", () => {
    const staging = "{ type: '*', conditions: { resource: deployment/web, context.environment: staging } }";
    const rules = [`allowed_actions: [{ type: '*', conditions: { resource: db } }, ${staging}]`];
    expect(judge(rules).kind).toBe("person");
    expect(judge(rules, { context: { environment: "production" } }).kind).toBe("denied");
  });

  test("in words takes a person, who is shown it, harmless", () => {
    const rules = [
      "allowed_actions: [{ type: '*', conditions: ['the error rate is above 5 %', 'ask @mona'], requires_approval: false }]",
      LOW,
    ];
    const { kind, reason } = judge(rules);
    expect(kind).toBe("person");
    expect(reason).toContain("“the error rate is above 5 %”");
    expect(reason).not.toContain("@mona");
  });
});

describe("no person is asked", () => {
  test("where a rule of `auto_approve` covers all of it", () => {
    expect(judge([ALLOWED, LOW])).toEqual({
      kind: "approved",
      reason: "a rule of `auto_approve` covers it",
    });
  });

  test("where the action wants no approval, unless the risk is high", () => {
    const rules = ["allowed_actions: [{ type: restart_service, requires_approval: false }]"];
    expect(judge(rules, { risk_level: "medium" }).kind).toBe("approved");
    expect(judge(rules, { risk_level: "high" }).kind).toBe("person");
  });

  test.each<[string, string[], Partial<InvestigationReport>, string]>([
    ["the report does not call it safe", [LOW], { safe_to_proceed: false }, "safe_to_proceed"],
    ["the report asks for a review", [LOW], { recommendation: "manual_review_required" }, "review"],
    [
      "the report recommends another action",
      [LOW],
      { recommendation: "roll_back" },
      "another action (`roll_back`)",
    ],
    ["the risk is above the rule's", [LOW], { risk_level: "medium" }, "the risk is medium"],
    [
      "the confidence is below the rule's",
      ["auto_approve: { risk_level: high, actions: ['*'], min_confidence: 0.95 }"],
      {},
      "the confidence is 0.9",
    ],
    [
      "the rule is for other actions",
      ["auto_approve: { risk_level: high, actions: [scale_up] }"],
      {},
      "no rule",
    ],
    [
      "the rule is for paths",
      ["auto_approve: { risk_level: high, actions: ['*'], paths: ['**'] }"],
      {},
      "paths",
    ],
  ])("but one is where %s", (_what, rules, change, reason) => {
    expect(judge([ALLOWED, ...rules], change)).toEqual({
      kind: "person",
      reason: expect.stringContaining(reason),
    });
  });

  test("also where the report only advises to take the action that was wanted", () => {
    expect(judge([ALLOWED, LOW], { recommendation: "proceed_with_caution" }).kind).toBe("approved");
  });

  test("but one is where any rule that applies wants an approval, whatever their order", () => {
    const strict = "{ type: restart_*, requires_approval: true }";
    const lax = "{ type: restart_service, requires_approval: false }";
    expect(judge([`allowed_actions: [${strict}, ${lax}]`, LOW]).kind).toBe("person");
    expect(judge([`allowed_actions: [${lax}, ${strict}]`, LOW]).kind).toBe("person");
  });
});

describe("a task's patch", () => {
  const rules = [
    "allowed_actions: [{ type: open_pull_request }]",
    "auto_approve: { risk_level: low, actions: [open_pull_request], paths: ['docs/**', '*.md'] }",
  ];

  test("is approved where all of its paths are the rule's", () => {
    const report = aTaskReport({ paths: ["docs/a/.b.md", "README.md"] });
    expect(judgeAction(aPolicy(...rules), report, [], NOW).kind).toBe("approved");
  });

  test.each(["src/a.ts", "docs", "Docs/a.md", "docs/../src", "docs\n/a"])("is not with %j", (path) => {
    const { kind } = judgeAction(aPolicy(...rules), aTaskReport({ paths: ["docs/a.md", path] }), [], NOW);
    expect(kind).toBe("person");
  });

  test("is asked of a person where a rate is set, which is counted for operations alone", () => {
    const policy = aPolicy(...rules, "rate_limits: { '*': 1/day }");
    expect(judgeAction(policy, aTaskReport({ paths: ["docs/a.md"] }), [], NOW)).toEqual({
      kind: "person",
      reason: expect.stringContaining("`tasks-per-day`"),
    });
  });
});

describe("a rate", () => {
  const rules = [ALLOWED, LOW, "rate_limits: { 'restart_*': 2/hour }"];

  test("counts what was begun within its time, and says when the next may start", () => {
    expect(judge(rules, {}, actsAt("02:00:00", "02:45:00")).kind).toBe("approved");
    expect(judge(rules, {}, actsAt("03:10:00", "02:00:00", "02:45:00"))).toEqual({
      kind: "denied",
      reason: expect.stringMatching(/2 times within a hour.*2026-01-02T03:45:00\.000Z/),
    });
  });

  test("counts the actions of its glob alone", () => {
    const others = actsAt("03:10:00", "03:11:00").map((act) => ({ ...act, action: "scale_up" }));
    expect(judge(rules, {}, others).kind).toBe("approved");
  });
});
