import { TaskFailure } from "../failure.ts";
import { annotationsOf } from "../report/outcome.ts";
import { failureCodeOf } from "../report/task-result.ts";
import type { Run } from "../task.ts";
import { type Handover, type HandoverFile, textFile } from "./handover.ts";
import type { Investigated } from "./investigated.ts";
import { headlineOf } from "./render-end.ts";
import { renderFindings } from "./render-findings.ts";
import { renderInvestigation } from "./render-investigation.ts";
import { digestOf, type InvestigationReport, LONGEST_REPORT, renderReport } from "./report.ts";

/** Whether the policy spares the gate, and why. */
export interface AutoApproval {
  approved: boolean;
  reason: string;
}

/** All of `investigate`'s outputs but those that name a file, as `investigate/action.yml` has them. */
export interface InvestigateOutputs {
  outcome: string;
  "failure-code": string;
  recommendation: string;
  "safe-to-proceed": string;
  confidence: string;
  "risk-level": string;
  summary: string;
  action: string;
  "report-digest": string;
  "auto-approved": string;
  "approval-reason": string;
  "trace-id": string;
  "task-id": string;
  "issue-number": string;
  "target-repository": string;
}

/** What the investigating job hands on: the report as it is digested, the patch, and what an approver reads. */
export function handOverInvestigated(
  investigated: Investigated,
  run: Run,
  { traceId, approval }: { traceId: string; approval: AutoApproval },
): Handover {
  const { outcome, report, patch, issue, taskId } = investigated;
  const content = report && render(report);
  const digest = content ? digestOf(content) : "";
  const outputs: InvestigateOutputs = {
    outcome: outcome.kind,
    "failure-code": failureCodeOf(outcome) ?? "",
    recommendation: report?.recommendation ?? "",
    "safe-to-proceed": String(report?.safe_to_proceed ?? false),
    confidence: report ? String(report.confidence) : "",
    "risk-level": report?.risk_level ?? "",
    summary: renderFindings(investigated),
    // Nobody need approve what is denied.
    action: outcome.kind === "denied" ? "" : (report?.action ?? ""),
    "report-digest": digest,
    "auto-approved": String(approval.approved),
    "approval-reason": approval.reason,
    "trace-id": traceId,
    "task-id": taskId ?? "",
    "issue-number": issue?.number.toString() ?? "",
    "target-repository": report?.task?.target.repository ?? "",
  };
  const files: HandoverFile[] = [textFile("trace-id-file", "audit-trace-id.txt", `${traceId}\n`)];
  if (content) files.push({ output: "report-file", name: "investigation-report.json", content });
  if (patch) files.push({ output: "patch-file", name: "proposal.patch", content: patch });
  return {
    lines: [headlineOf(investigated)],
    outputs: { ...outputs },
    files,
    summary: renderInvestigation(investigated, run, { approval, digest }),
    failures: annotationsOf(outcome),
  };
}

function render(report: InvestigationReport): Uint8Array {
  const content = renderReport(report);
  if (content.length <= LONGEST_REPORT) return content;
  throw new TaskFailure("too-large", `The report would have ${content.length} bytes; at most 1 MiB is read.`);
}
