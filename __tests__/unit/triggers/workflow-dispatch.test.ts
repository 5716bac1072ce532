import { describe, expect, test } from "@jest/globals";
import { readWorkflowDispatchEvent } from "../../../src/triggers/workflow-dispatch.ts";
import { aPayload } from "../../builders/webhooks.ts";

const SETTINGS = { triggerLabel: "copilot-agent", issueNumber: null };

function dispatched(inputs: object | null) {
  return aPayload("workflow_dispatch", null, { inputs });
}

describe("a manual dispatch", () => {
  test.each([
    { "issue-number": "12" },
    { issue_number: "12" },
    { issue_number: " 12 ", other: true },
    { "issue-number": 12 },
    { "issue-number": "", issue_number: 12 },
  ])("names its issue by %j", (inputs) => {
    expect(readWorkflowDispatchEvent(dispatched(inputs), SETTINGS)).toMatchObject({
      kind: "dispatch",
      dispatch: { event: "workflow_dispatch", issueNumber: 12, manual: true, happenedAt: null, issue: null },
    });
  });

  test("runs the issue of the action's own input before the workflow's", () => {
    expect(
      readWorkflowDispatchEvent(dispatched({ "issue-number": "12" }), { ...SETTINGS, issueNumber: 5 }),
    ).toMatchObject({
      dispatch: { issueNumber: 5 },
    });
  });

  test.each([null, {}, { "issue-number": "" }])("that names no issue (%j) says what to add", (inputs) => {
    expect(() => readWorkflowDispatchEvent(dispatched(inputs), SETTINGS)).toThrow(
      "names no issue: give the workflow an input `issue-number`",
    );
  });

  test("with something else than a number is refused by the field's name and what would fit", () => {
    expect(() => readWorkflowDispatchEvent(dispatched({ "issue-number": "twelve" }), SETTINGS)).toThrow(
      "`inputs.issue-number`: it takes the number of an issue, such as 12",
    );
  });
});
