import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import type { ActionResult } from "../../../src/investigation/action-result.ts";
import { renderReport } from "../../../src/investigation/report.ts";
import { type SummaryFacts, summarizeRun } from "../../../src/investigation/summary.ts";
import { aTask } from "../../builders/task.ts";
import {
  anActionResult,
  anIncidentReport,
  bytesOf,
  jobsOf,
  needsOf,
  summaryFacts,
} from "../../builders/workflow-summary.ts";

const REPORT = anIncidentReport();

describe("the summary of a run", () => {
  test("holds who asked for what, how the jobs ended, what was found and what was done", () => {
    expect(summarizeRun(summaryFacts())).toEqual({
      workflow_run_id: "1001",
      run_attempt: 1,
      run_url: "https://github.com/acme/operations/actions/runs/1001",
      trace_id: "INC-42",
      resource: "deployment/web",
      trigger_source: "alert",
      timestamp: "2026-03-01T12:31:00.000Z",
      results: { investigate: "success", approve: "success", act: "success" },
      investigation: {
        outcome: "investigated",
        failure_code: null,
        status: "degraded",
        risk_level: "low",
        issues_found: ["7 % of the requests fail"],
        recommendation: "restart_service",
        confidence: 0.9,
        analysis: "One pod of three leaks memory.",
        safe_to_proceed: true,
        action: "restart_service",
        report_digest: expect.stringMatching(/^sha256:/),
        auto_approved: false,
        approval_reason: null,
      },
      approved_by: "mona",
      action_result: anActionResult(),
      act_failure_code: null,
      missing: [],
    });
  });

  test("takes resource, trigger and trace from the report where the workflow names none", () => {
    const summary = summarizeRun(summaryFacts({ resource: null, triggerSource: null, traceId: null }));
    expect(summary).toMatchObject({
      resource: "deployment/web",
      trigger_source: "alert",
      trace_id: "INC-42",
    });
  });

  test("takes the trigger from the event where nobody names it", () => {
    const facts = summaryFacts({ triggerSource: null, report: null, eventName: "schedule" });
    expect(summarizeRun(facts).trigger_source).toBe("schedule");
  });

  test("cuts what is too long", () => {
    const long = "x".repeat(5000);
    const { resource, trace_id } = summarizeRun(summaryFacts({ resource: long, traceId: long }));
    expect([resource?.length, trace_id?.length]).toEqual([1024, 255]);
  });
});

describe("a report that does not count", () => {
  const withoutReport = { status: null, issues_found: null, analysis: null };

  test("is one with a changed byte: what the job's outputs say stays", () => {
    const content = renderReport(anIncidentReport({ analysis: "One pod of three leaks memorY." }));
    const { investigation, missing } = summarizeRun(summaryFacts({ report: content }));
    expect(investigation).toMatchObject({ ...withoutReport, risk_level: "low", confidence: 0.9 });
    expect(missing).toEqual(["The report is left out: it is not the one that `investigate` made."]);
  });

  test("is one that is missing, and the summary says so", () => {
    const report = new TaskFailure("invalid-report", "The file `a` is missing.");
    const { investigation, missing } = summarizeRun(summaryFacts({ report }));
    expect(investigation).toMatchObject(withoutReport);
    expect(missing).toEqual(["The report is missing. The file `a` is missing."]);
  });

  test("is one of an earlier attempt, where the investigation of this one made none", () => {
    const jobs = jobsOf(needsOf(REPORT, { investigate: { result: "failure", outputs: {} } }));
    const { investigation, missing, results } = summarizeRun(
      summaryFacts({ jobs, resource: null, triggerSource: null }),
    );
    expect([investigation, missing, results.investigate]).toEqual([null, [], "failure"]);
  });
});

const SHAPE = "it does not have the shape of one";
const STATUS = "its status is not the one that `act` gave out";
const ACTION = "its action is not the one that was proposed";
const RESOURCE = "its resource is not the one of this run";

/** Its JSON, in which a byte that is no UTF-8 stands for each question mark. */
function withBadByte(result: object): Uint8Array {
  return bytesOf(result).map((byte) => (byte === 0x3f ? 0xff : byte));
}

describe("a result of the action that does not count", () => {
  test.each([
    ["no JSON", new TextEncoder().encode("{"), SHAPE],
    ["not UTF-8", new Uint8Array([0xff, 0xfe]), SHAPE],
    ["JSON with a byte that is no UTF-8", withBadByte(anActionResult({ resource: "web-?" })), SHAPE],
    ["one with a key that nobody knows", bytesOf({ ...anActionResult(), extra: 1 }), SHAPE],
    ["one with a negative time", bytesOf(anActionResult({ latency_ms: -1 })), SHAPE],
    ["one of another status than the job gave out", bytesOf(anActionResult({ status: "failed" })), STATUS],
    ["one of another action", bytesOf(anActionResult({ action: "delete_service" })), ACTION],
    ["one of another resource", bytesOf(anActionResult({ resource: "deployment/db" })), RESOURCE],
  ])("is %s, and the summary says why", (_, actionResult, why) => {
    const { action_result, missing } = summarizeRun(summaryFacts({ actionResult }));
    expect(action_result).toBeNull();
    expect(missing).toEqual([`The result of the action is left out: ${why}.`]);
  });

  test.each([
    ["action", { action: "delete_service" }, ACTION],
    ["resource", { resource: "deployment/db" }, RESOURCE],
  ])("is one of another %s than the job's outputs or the workflow name, where there is no report", (_, change, why) => {
    const actionResult = bytesOf(anActionResult(change));
    const { action_result, missing } = summarizeRun(summaryFacts({ report: null, actionResult }));
    expect(action_result).toBeNull();
    expect(missing).toContain(`The result of the action is left out: ${why}.`);
  });

  test("is one of an action where the report proposes none", () => {
    const report = anIncidentReport({ action: null, recommendation: "safe_to_proceed" });
    const act = { outputs: { "action-status": "skipped" } };
    const facts = { report: renderReport(report), jobs: jobsOf(needsOf(report, { act })) };
    const takes = (action: string | null) =>
      summarizeRun(
        summaryFacts({ ...facts, actionResult: bytesOf(anActionResult({ status: "skipped", action })) }),
      ).action_result !== null;
    expect([takes("restart_service"), takes(null)]).toEqual([false, true]);
  });

  test("is one of an earlier attempt, where the job did not run in this one", () => {
    const jobs = jobsOf(needsOf(REPORT, { act: { result: "skipped", outputs: {} } }));
    expect(summarizeRun(summaryFacts({ jobs }))).toMatchObject({ action_result: null, missing: [] });
  });

  test("is none at all", () => {
    const { missing } = summarizeRun(summaryFacts({ actionResult: null }));
    expect(missing).toEqual(["The result of the action is missing. No file was named."]);
  });
});

describe("a result of the action that counts", () => {
  const takes = (change: Partial<ActionResult>, facts: Partial<SummaryFacts> = {}) =>
    summarizeRun(summaryFacts({ actionResult: bytesOf(anActionResult(change)), ...facts })).action_result !==
    null;
  const task = anIncidentReport({ resource: "acme/web", action: "open_pull_request", task: aTask() });
  const ofTask = { report: renderReport(task), jobs: jobsOf(needsOf(task)), resource: null };

  test("is one without an action: an act that was refused before it knew the report", () => {
    expect(takes({ action: null })).toBe(true);
  });

  test("is one of a task's target, or of the workflow's repository where the target was not known", () => {
    const action = "open_pull_request";
    expect(takes({ action, resource: "acme/web" }, ofTask)).toBe(true);
    expect(takes({ action, resource: "acme/operations" }, ofTask)).toBe(true);
    expect(takes({ action, resource: "acme/other" }, ofTask)).toBe(false);
  });

  test("is one of an action and a resource of which nothing else is known", () => {
    const outputs = { outcome: "investigated" };
    const jobs = jobsOf(needsOf(anIncidentReport(), { investigate: { outputs } }));
    expect(takes({ action: "any", resource: "any" }, { report: null, resource: null, jobs })).toBe(true);
  });
});

describe("outputs that do not fit", () => {
  test("are null, and never a number or a level that nobody gave", () => {
    const outputs = {
      outcome: "investigated",
      confidence: "1.7",
      "risk-level": "tiny",
      recommendation: "a b",
    };
    const jobs = jobsOf(needsOf(REPORT, { investigate: { outputs } }));
    expect(summarizeRun(summaryFacts({ jobs })).investigation).toMatchObject({
      confidence: null,
      risk_level: null,
      recommendation: null,
      safe_to_proceed: null,
      action: null,
    });
  });

  test("an absent confidence is not 0", () => {
    const jobs = jobsOf(needsOf(REPORT, { investigate: { outputs: { outcome: "failed", confidence: "" } } }));
    expect(summarizeRun(summaryFacts({ jobs })).investigation?.confidence).toBeNull();
  });

  test("a job that the workflow lacks is told", () => {
    const { approve: _, ...jobs } = needsOf(REPORT);
    const { results, missing } = summarizeRun(summaryFacts({ jobs: jobsOf(jobs) }));
    expect(results).toEqual({ investigate: "success", approve: null, act: "success" });
    expect(missing).toEqual(["The results name no job `approve`."]);
  });
});
