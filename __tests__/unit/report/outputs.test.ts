import { describe, expect, test } from "@jest/globals";
import { outputsOf, resultFileOf } from "../../../src/report/outputs.ts";
import type { Outcome } from "../../../src/task.ts";
import { aFailedOutcome, anOutcome, aReport } from "../../builders/task.ts";

describe("the outputs", () => {
  test("of an opened pull request name all of it", () => {
    expect(outputsOf(aReport())).toEqual({
      outcome: "opened",
      "failure-code": "",
      "task-id": "550e8400-e29b-41d4-a716-446655440000",
      "issue-number": "7",
      "target-repository": "your-org/your-project",
      branch: "agent-task-7-18d02a54",
      "commit-sha": "3".repeat(40),
      "pull-request-number": "42",
      "pull-request-url": "https://github.com/your-org/your-project/pull/42",
      "pull-request-operation": "created",
      "work-folder": "",
    });
  });

  test("of an updated one say so", () => {
    expect(outputsOf(aReport({ outcome: anOutcome({ kind: "updated" }) }))["pull-request-operation"]).toBe(
      "updated",
    );
  });

  test("of a run that never found its issue are empty where there is nothing", () => {
    const report = aReport({ outcome: aFailedOutcome({ code: "invalid-input" }), issue: null, task: null });
    expect(outputsOf(report)).toEqual({
      outcome: "failed",
      "failure-code": "invalid-input",
      "task-id": "",
      "issue-number": "",
      "target-repository": "",
      branch: "",
      "commit-sha": "",
      "pull-request-number": "",
      "pull-request-url": "",
      "pull-request-operation": "none",
      "work-folder": "",
    });
  });

  test("of a run that failed after its push name the branch that holds the work", () => {
    const pushed = { branch: "agent-task-7-18d02a54", commit: "3".repeat(40) };
    const outcome = aFailedOutcome({ code: "pull-requests-not-allowed" });
    expect(outputsOf(aReport({ outcome, pushed }))).toMatchObject({
      branch: pushed.branch,
      "commit-sha": pushed.commit,
      "pull-request-operation": "none",
    });
  });

  test.each<[Outcome, string | null, boolean]>([
    [{ kind: "cancelled", reason: "" }, "cancelled", true],
    [{ kind: "denied", reason: "" }, "not-permitted", false],
    [{ kind: "duplicate", reason: "" }, null, false],
    [{ kind: "ignored", reason: "" }, null, false],
    [aFailedOutcome({ code: "timeout" }), "timeout", true],
    [aFailedOutcome({ code: "too-large" }), "too-large", false],
  ])("%j has its failure code, and says whether to try again", (outcome, code, retryable) => {
    expect(resultFileOf(aReport({ outcome }))).toMatchObject({ failure_code: code, retryable });
  });

  test("are all in the result file, as JSON of their kind", () => {
    expect(resultFileOf(aReport({ attempt: 2 }))).toEqual({
      task_id: "550e8400-e29b-41d4-a716-446655440000",
      outcome: "opened",
      failure_code: null,
      retryable: false,
      pull_request_url: "https://github.com/your-org/your-project/pull/42",
      run_url: "https://github.com/your-org/dispatch/actions/runs/4711",
      attempt: 2,
      issue_number: 7,
      target_repository: "your-org/your-project",
      branch: "agent-task-7-18d02a54",
      commit_sha: "3".repeat(40),
      pull_request_number: 42,
      pull_request_operation: "created",
      work_folder: null,
    });
  });
});
