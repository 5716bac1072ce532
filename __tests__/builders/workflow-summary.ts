import type { ActionResult } from "../../src/investigation/action-result.ts";
import { type JobEnd, readJobs } from "../../src/investigation/jobs.ts";
import { digestOf, type InvestigationReport, renderReport } from "../../src/investigation/report.ts";
import type { SummaryFacts } from "../../src/investigation/summary.ts";
import { anOperationReport } from "./report.ts";

/** What `toJSON(needs)` tells of one job. */
export interface NeededJob {
  result: string;
  outputs: Record<string, string>;
}

/** The report of the run that is summed up. */
export function anIncidentReport(changes: Partial<InvestigationReport> = {}): InvestigationReport {
  return {
    ...anOperationReport({
      timestamp: "2026-03-01T12:00:00.000Z",
      expires_at: "2026-03-02T12:00:00.000Z",
      trace_id: "INC-42",
      repository: "acme/operations",
      run_id: "1001",
      context: { error_rate: 0.07 },
      issues_found: ["7 % of the requests fail"],
      analysis: "One pod of three leaks memory.",
    }),
    ...changes,
  };
}

export function anActionResult(changes: Partial<ActionResult> = {}): ActionResult {
  return {
    timestamp: "2026-03-01T12:30:00.000Z",
    resource: "deployment/web",
    action: "restart_service",
    status: "success",
    latency_ms: 4200,
    details: {
      action_type: "restart",
      affected_resources: ["deployment/web"],
      rollback_available: false,
      changes_made: ["restarted 3 pods"],
    },
    ...changes,
  };
}

/** The results of a run in which all went well, with the changes to each job. */
export function needsOf(
  report: InvestigationReport,
  changes: { [Job in "investigate" | "approve" | "act"]?: Partial<NeededJob> } = {},
): Record<"investigate" | "approve" | "act", NeededJob> {
  const investigated = {
    outcome: "investigated",
    "failure-code": "",
    recommendation: report.recommendation,
    "safe-to-proceed": String(report.safe_to_proceed),
    confidence: String(report.confidence),
    "risk-level": report.risk_level,
    summary: `**Findings:** ${report.analysis}`,
    action: report.action ?? "",
    "report-digest": digestOf(renderReport(report)),
    "auto-approved": "false",
    "approval-reason": "",
    "trace-id": report.trace_id,
  };
  const acted = { outcome: "acted", "failure-code": "", "action-status": "success", "approved-by": "mona" };
  return {
    investigate: { result: "success", outputs: investigated, ...changes.investigate },
    approve: { result: "success", outputs: {}, ...changes.approve },
    act: { result: "success", outputs: acted, ...changes.act },
  };
}

/** What is known of such a run. */
export function summaryFacts(changes: Partial<SummaryFacts> = {}): SummaryFacts {
  const report = anIncidentReport();
  return {
    run: {
      id: "1001",
      attempt: 1,
      url: "https://github.com/acme/operations/actions/runs/1001",
      repository: "acme/operations",
      serverUrl: "https://github.com",
    },
    eventName: "repository_dispatch",
    now: new Date("2026-03-01T12:31:00Z"),
    jobs: jobsOf(needsOf(report)),
    resource: "deployment/web",
    triggerSource: "alert",
    traceId: "INC-42",
    report: renderReport(report),
    actionResult: bytesOf(anActionResult()),
    ...changes,
  };
}

export function jobsOf(needs: object): Record<"investigate" | "approve" | "act", JobEnd> {
  return readJobs(JSON.stringify(needs));
}

export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
