import {
  digestOf,
  type InvestigationReport,
  type ReportFindings,
  renderReport,
} from "../../src/investigation/report.ts";
import type { ProposedAction } from "../../src/policy/judge-action.ts";
import { aTask } from "./task.ts";

/** What an investigation finds that calls a restart safe. */
export function someFindings(change: Record<string, unknown> = {}): ReportFindings {
  return {
    status: "degraded",
    risk_level: "low",
    issues_found: ["The error rate is 12 %."],
    recommendation: "restart_service",
    confidence: 0.9,
    analysis: "It leaks memory.",
    safe_to_proceed: true,
    ...change,
  };
}

/** A report on an operation that calls its action safe; of run 4711, good for an hour. */
export function anOperationReport(change: Partial<InvestigationReport> = {}): ProposedAction {
  return {
    version: 1,
    timestamp: "2026-01-02T03:05:05.000Z",
    expires_at: "2026-01-02T04:05:05.000Z",
    trace_id: "trace-1",
    trigger_source: "alert",
    repository: "your-org/dispatch",
    run_id: "4711",
    run_attempt: 1,
    resource: "deployment/web",
    context: { environment: "staging", replicas: 3 },
    ...someFindings(),
    base_commit: "1".repeat(40),
    patch_digest: null,
    task: null,
    proposal: null,
    failure: null,
    ...change,
    action: change.action ?? "restart_service",
  };
}

/** What a report tells of a patch that changes these paths. */
function aProposedChange(paths: string[]): NonNullable<InvestigationReport["proposal"]> {
  return {
    kind: "changes",
    start: { oid: "1".repeat(40), branchTip: null, builtUpon: false },
    tree: "2".repeat(40),
    reason: null,
    question: null,
    result: {},
    outputTail: "",
    leftOut: [],
    paths,
  };
}

/** A report on a task whose patch changes these paths, of the same run. */
export function aTaskReport({
  paths = ["work.txt"],
  ...change
}: Partial<InvestigationReport> & { paths?: string[] } = {}): ProposedAction {
  return anOperationReport({
    resource: "your-org/your-project",
    trigger_source: "issue",
    status: "changes",
    action: "open_pull_request",
    recommendation: "safe_to_proceed",
    context: {},
    issues_found: [],
    analysis: "It adds a file.",
    task: aTask(),
    proposal: aProposedChange(paths),
    ...change,
  });
}

/** Lays a report and its patch down as a workflow would have downloaded them; gives the inputs that name them. */
export function layDown(
  files: Map<string, Uint8Array>,
  report: InvestigationReport,
  patch: Uint8Array | null = null,
): { reportFile: string; patchFile: string; reportDigest: string } {
  const content = renderReport({ ...report, patch_digest: patch ? digestOf(patch) : report.patch_digest });
  files.set("report.json", content);
  if (patch) files.set("proposal.patch", patch);
  return { reportFile: "report.json", patchFile: "proposal.patch", reportDigest: digestOf(content) };
}
