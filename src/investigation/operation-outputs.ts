import { FAILURES } from "../failure.ts";
import { cutText, inlineCode } from "../harmless.ts";
import { blocks, facts, noteList, runLine, section } from "../report/markdown.ts";
import { annotationsOf } from "../report/outcome.ts";
import { failureCodeOf } from "../report/task-result.ts";
import type { Run } from "../task.ts";
import type { ActedOnOperation } from "./act-on-operation.ts";
import { type ActionResult, actionStatusOf } from "./action-result.ts";
import { approverOf } from "./approval.ts";
import { type Handover, jsonFile } from "./handover.ts";
import { renderEnd } from "./render-end.ts";

/** What the acting job hands on of an operation; `resource` is the one that the workflow names, `traceId` the run's own. */
export function handOverActedOnOperation(
  acted: ActedOnOperation,
  run: Run,
  { traceId, resource, endedAt }: { traceId: string; resource: string; endedAt: Date },
): Handover {
  const { outcome } = acted;
  const result = resultOf(acted, resource, endedAt);
  const outputs = {
    outcome: outcome.kind,
    "failure-code": failureCodeOf(outcome) ?? "",
    "approved-by": approverOf(acted.approval) ?? "",
    "action-status": result.status,
    "trace-id": traceId,
  };
  return {
    lines: [`${headlineOf(acted)}${"reason" in outcome ? `: ${outcome.reason}` : ""}`],
    outputs,
    files: [
      jsonFile("result-file", "result.json", outputs),
      jsonFile("action-result-file", "action-result.json", result),
    ],
    summary: render(acted, result, run),
    failures: annotationsOf(outcome),
  };
}

function resultOf(
  { outcome, report, carriedOut }: ActedOnOperation,
  resource: string,
  endedAt: Date,
): ActionResult {
  const action = report?.action ?? null;
  return {
    timestamp: endedAt.toISOString(),
    // One that is too long was refused for it.
    resource: cutText(resource, 1024),
    action,
    status: actionStatusOf(outcome),
    latency_ms: carriedOut?.latencyMs ?? 0,
    details: carriedOut?.details ?? {
      action_type: action ?? "none",
      affected_resources: [],
      rollback_available: false,
      changes_made: [],
    },
  };
}

function headlineOf({ outcome, report }: ActedOnOperation): string {
  switch (outcome.kind) {
    case "acted":
      return `✅ Done: ${inlineCode(report?.action ?? "")}`;
    case "ignored":
      return "ℹ️ Nothing to do";
    case "duplicate":
      return "ℹ️ Already taken care of";
    case "denied":
      return "❌ The action was denied";
    case "cancelled":
      return `❌ ${FAILURES.cancelled.title}`;
    case "failed":
      return `❌ ${FAILURES[outcome.code].title}`;
  }
}

function render(acted: ActedOnOperation, result: ActionResult, run: Run): string {
  const { outcome, approval, carriedOut } = acted;
  const { details } = result;
  return blocks(
    `## ${headlineOf(acted)}`,
    renderEnd(outcome),
    facts([
      ["Resource", inlineCode(result.resource)],
      ["Action", result.action && inlineCode(result.action)],
      ["Status", result.status],
      ["Approved by", approverLine(approval)],
      ["Duration", carriedOut && `${result.latency_ms} ms`],
      ["Can be rolled back", carriedOut && (details.rollback_available ? "yes" : "no")],
    ]),
    section("Changes", noteList(details.changes_made)),
    section("Affected", noteList(details.affected_resources)),
    section("Notes", noteList(carriedOut?.notes ?? [])),
    runLine(run, run.attempt),
  );
}

function approverLine(approval: ActedOnOperation["approval"]): string | null {
  if (approval?.kind === "policy") return `the policy: ${approval.reason}`;
  const approver = approverOf(approval);
  return approver && inlineCode(approver);
}
