import { renderJobSummary } from "../report/job-summary.ts";
import { annotationsOf, headlineOf } from "../report/outcome.ts";
import { outputsOf, resultFileOf } from "../report/outputs.ts";
import type { Outcome } from "../task.ts";
import type { ActedOnTask } from "./act-on-task.ts";
import { type ActionResult, actionStatusOf } from "./action-result.ts";
import { approverOf } from "./approval.ts";
import { type Handover, jsonFile } from "./handover.ts";
import { OPEN_PULL_REQUEST } from "./make-report.ts";

/** What the workflow itself tells. */
interface Told {
  traceId: string;
  startedAt: Date;
  endedAt: Date;
  /** Where no target is known. */
  fallbackResource: string;
}

/** What the acting job hands on of a task: the main action's outputs, who approved it, and `action-result.json`. */
export function handOverActedOnTask(
  { report, approval }: ActedOnTask,
  { traceId, startedAt, endedAt, fallbackResource }: Told,
): Handover {
  // Nothing is kept that was not pushed: the patch is an artifact already.
  const { "work-folder": _, ...outputs } = outputsOf(report);
  const result = resultOf(report.outcome, {
    resource: report.task?.target.repository ?? fallbackResource,
    timestamp: endedAt.toISOString(),
    latency_ms: Math.max(0, endedAt.getTime() - startedAt.getTime()),
  });
  return {
    lines: [headlineOf(report)],
    outputs: {
      ...outputs,
      "approved-by": approverOf(approval) ?? "",
      "action-status": result.status,
      "trace-id": traceId,
    },
    files: [
      jsonFile("result-file", "result.json", resultFileOf(report)),
      jsonFile("action-result-file", "action-result.json", result),
    ],
    summary: renderJobSummary(report, null),
    failures: annotationsOf(report.outcome),
  };
}

function resultOf(
  outcome: Outcome,
  common: Pick<ActionResult, "resource" | "timestamp" | "latency_ms">,
): ActionResult {
  const opened = outcome.kind === "opened" || outcome.kind === "updated" ? outcome : null;
  return {
    ...common,
    action: OPEN_PULL_REQUEST,
    status: actionStatusOf(outcome),
    details: {
      action_type: OPEN_PULL_REQUEST,
      affected_resources: opened ? [opened.pullRequest.url] : [],
      // Nothing is merged: closing the pull request takes it back.
      rollback_available: opened !== null,
      changes_made: opened
        ? [
            `Pushed the commit ${opened.commit} to the branch ${opened.branch}.`,
            `The pull request ${opened.pullRequest.url} was ${opened.kind}.`,
          ]
        : [],
    },
  };
}
