import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { TaskFailure } from "../../../src/failure.ts";
import { judgeAction } from "../../../src/policy/judge-action.ts";
import { parseOperationsPolicy } from "../../../src/policy/operations.ts";
import { anOperationReport, aTaskReport } from "../../builders/report.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
const SCHEMA = JSON.parse(readFileSync(new URL("schemas/operations-policy.schema.json", DOCS), "utf8"));
const PAGE = readFileSync(new URL("operations-policy.md", DOCS), "utf8");
const EXAMPLE = /\n```yaml\n([\s\S]*?)\n```\n/.exec(PAGE)?.[1] ?? "";
const fitsSchema = new Ajv2020().compile(SCHEMA);

function isParsed(text: string): boolean {
  try {
    parseOperationsPolicy(text, "policy.yml");
    return true;
  } catch (thrown) {
    if (thrown instanceof TaskFailure) return false;
    throw thrown;
  }
}

describe("the schema of an operations policy", () => {
  const rule = (more: string) => `allowed_actions: [{ type: a, ${more} }]`;
  const auto = (more: string) => `auto_approve: { risk_level: low, actions: [a], ${more} }`;

  test.each([
    [true, ""],
    [true, rule("conditions: a sentence")],
    [true, rule("conditions: [a sentence, { resource: [a, 1, true], context.x.y: b }]")],
    [true, rule("conditions: {}")],
    [true, "denied_actions: [a, { type: 's3:*' }, { type: b, reason: null }]"],
    [true, "rate_limits: { a: 1/minute, 'b*': 20 / day }"],
    [true, "rate_limits: [{ action: a, max: 1, per: hour }]"],
    [true, "auto_approve: []"],
    [true, auto("min_confidence: 1, paths: [a]")],
    [false, "allow: []"],
    [false, "version: 2"],
    [false, "name: ''"],
    [false, rule("when: x")],
    [false, rule("requires_approval: maybe")],
    [false, rule("conditions: ' '")],
    [false, rule("conditions: { error_rate: 5 }")],
    [false, rule("conditions: { context.: 5 }")],
    [false, rule("conditions: { resource: [] }")],
    [false, rule("conditions: { resource: { a: b } }")],
    [false, "allowed_actions: [a]"],
    [false, "denied_actions: ['a b']"],
    [false, "denied_actions: [{ reason: x }]"],
    [false, "rate_limits: { a: 5 }"],
    [false, "rate_limits: { a: 0/hour }"],
    [false, "rate_limits: { a: 1/week }"],
    [false, "rate_limits: { 'a b': 1/day }"],
    [false, "rate_limits: [{ action: a, max: 1.5, per: hour }]"],
    [false, "rate_limits: 5"],
    [false, auto("min_confidence: 2")],
    [false, auto("paths: []")],
    [false, "auto_approve: { risk_level: [], actions: [a] }"],
    [false, "auto_approve: { actions: [a] }"],
  ])("says %s, as the code does, to: %s", (fits, rules) => {
    const head = ["name: test", "version: 1"].filter((line) => !rules.startsWith(line.split(" ")[0] ?? ""));
    const text = [...head, rules].join("\n");
    expect({ schema: fitsSchema(parse(text)), code: isParsed(text) }).toEqual({ schema: fits, code: fits });
  });
});

describe("the example of the page", () => {
  const policy = parseOperationsPolicy(EXAMPLE, "policy.yml");
  const production = { resource: "deployment/web", context: { environment: "production" } };

  test("fits the schema, and uses every key of it", () => {
    expect(fitsSchema(parse(EXAMPLE))).toBe(true);
    const rule = policy.allowed_actions[0];
    expect(Object.keys(policy)).toEqual(Object.keys(SCHEMA.properties));
    expect(rule?.conditions.judged).toHaveLength(2);
  });

  test.each([
    ["restart_service", production, "approved"],
    ["restart_service", { ...production, confidence: 0.7 }, "person"],
    ["restart_service", { ...production, context: {} }, "denied"],
    ["scale_up", {}, "approved"],
    ["scale_up", { risk_level: "high" as const }, "person"],
    ["rollback_service", {}, "person"],
    ["s3:PutObject", {}, "person"],
    ["s3:DeleteObject", {}, "denied"],
    ["drop_database", {}, "denied"],
    ["reboot", {}, "denied"],
  ])("decides on %s with %j: %s", (action, change, kind) => {
    const report = anOperationReport({ action, recommendation: action, ...change });
    expect(judgeAction(policy, report, [], new Date()).kind).toBe(kind);
  });

  test("spares the approval of a task that changes nothing but documents", () => {
    expect(judgeAction(policy, aTaskReport({ paths: ["docs/a.md"] }), [], new Date()).kind).toBe("approved");
    expect(judgeAction(policy, aTaskReport({ paths: ["src/a.ts"] }), [], new Date()).kind).toBe("person");
  });
});
