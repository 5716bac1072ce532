import { digestOf, type InvestigationReport, renderReport } from "../../src/investigation/report.ts";
import { aProposedChange } from "./report.ts";
import { aRun, aTask } from "./task.ts";

/** The report on a task whose step changed one file, of the run of `aRun`. */
export function aTaskReport(change: Partial<InvestigationReport> = {}): InvestigationReport {
  const { id, attempt, repository } = aRun();
  const task = aTask();
  return {
    version: 1,
    timestamp: "2026-01-02T03:05:00.000Z",
    expires_at: "2026-01-03T03:05:00.000Z",
    trace_id: "trace-1",
    trigger_source: "issue",
    repository: repository ?? "",
    run_id: id,
    run_attempt: attempt,
    resource: task.target.repository,
    action: "open_pull_request",
    context: {},
    status: "changes",
    risk_level: "low",
    issues_found: [],
    recommendation: "safe_to_proceed",
    confidence: 0.5,
    analysis: "It adds a file.",
    safe_to_proceed: true,
    base_commit: "1".repeat(40),
    patch_digest: null,
    task,
    proposal: aProposedChange(["work.txt"]),
    failure: null,
    ...change,
  };
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
