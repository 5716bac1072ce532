import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readAction } from "../../../scripts/render-docs.ts";
import { type InputTable, readInputs } from "../../../src/input-kinds.ts";
import { INPUTS } from "../../../src/inputs.ts";
import { ACT_INPUTS, INVESTIGATE_INPUTS, readHalf } from "../../../src/investigation/inputs.ts";

const HALVES: [string, InputTable][] = [
  ["investigate", INVESTIGATE_INPUTS],
  ["act", ACT_INPUTS],
];

function declared(half: string) {
  return readAction(readFileSync(`${half}/action.yml`, "utf8")).inputs;
}

function some(inputs: Record<string, string>): (name: string) => string {
  return (name) => inputs[name] ?? "";
}

describe.each(HALVES)("the inputs of %s", (half, table) => {
  test("are those of its action.yml, in the same order, with the same defaults", () => {
    expect(declared(half).map(({ name, fallback }) => [name, fallback])).toEqual(
      Object.entries(table).map(([name, { fallback }]) => [name, fallback]),
    );
  });

  test("are the main action's own rows where they have its names", () => {
    const shared = Object.keys(table).filter((name) => name in INPUTS);
    expect(shared.length).toBeGreaterThan(20);
    expect(shared.filter((name) => table[name] !== INPUTS[name as keyof typeof INPUTS])).toEqual([]);
  });
});

describe("the settings of a half", () => {
  test("have the main action's defaults where the half has no such input, whatever stands in the environment", () => {
    const { settings } = readHalf(
      INVESTIGATE_INPUTS,
      some({ token: "t", "dry-run": "true", "pr-draft": "true" }),
    );
    expect(settings).toMatchObject({ dryRun: false, prDraft: false, statusComment: true });
  });

  test("refuse what excludes each other, as the main action does", () => {
    const read = some({ token: "t", "app-id": "7" });
    expect(() => readHalf(ACT_INPUTS, read)).toThrow("`app-id` is set and `app-private-key` is not");
    expect(() => readHalf(INVESTIGATE_INPUTS, read)).not.toThrow();
  });
});

describe("the inputs of an operation", () => {
  test("are read as values", () => {
    const read = some({
      token: "t",
      resource: "service/api",
      action: "s3:PutObject",
      "action-context": '{"errors": 12}',
      "trigger-source": "alert",
    });
    expect(readInputs(INVESTIGATE_INPUTS, read)).toMatchObject({
      resource: "service/api",
      action: "s3:PutObject",
      actionContext: { errors: 12 },
      triggerSource: "alert",
      expiresAfterMinutes: 1440,
    });
  });

  test("are nothing by default", () => {
    expect(readInputs(INVESTIGATE_INPUTS, some({ token: "t" }))).toMatchObject({
      resource: null,
      action: null,
      actionContext: {},
      triggerSource: null,
      operationsPolicy: null,
    });
  });

  test.each([
    ["action", "rm -rf /"],
    ["action-context", "{"],
    ["action-context", "[1]"],
    ["action-context", "null"],
    ["action-context", `{"a": ${"[".repeat(30_000)}${"]".repeat(30_000)}}`],
    ["trigger-source", "issue"],
    ["expires-after-minutes", "0"],
    ["resource", "x".repeat(1025)],
    ["operations-policy", "../policy.yml"],
  ])("refuse %s: %s", (name, value) => {
    expect(() => readInputs(INVESTIGATE_INPUTS, some({ token: "t", [name]: value }))).toThrow(
      `invalid-input: The input \`${name}\` is`,
    );
  });
});

describe("the inputs of an approval", () => {
  test("want people unless the workflow says otherwise", () => {
    expect(readInputs(ACT_INPUTS, some({ token: "t" }))).toMatchObject({
      environment: "agent-approval",
      approvalResult: null,
      allowUnprotected: false,
      allowedApprovers: [],
      reportDigest: null,
      action: null,
      actionContext: null,
    });
  });

  test("tell an operation without a context from one whose context they do not tell", () => {
    const { actionContext, action } = readInputs(
      ACT_INPUTS,
      some({ token: "t", "action-context": "{}", action: "restart_service" }),
    );
    expect([actionContext, action]).toEqual([{}, "restart_service"]);
  });

  test.each([
    ["report-digest", "abc"],
    ["report-digest", `sha256:${"A".repeat(64)}`],
    ["approval-result", "approved"],
    ["allow-unprotected", "yes"],
    ["allowed-approvers", "*"],
    ["action", "rm -rf /"],
    ["action-context", "[1]"],
  ])("refuse %s: %s", (name, value) => {
    expect(() => readInputs(ACT_INPUTS, some({ token: "t", [name]: value }))).toThrow(
      `The input \`${name}\` is`,
    );
  });
});
