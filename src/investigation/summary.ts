import type { z } from "zod";
import { cutText } from "../harmless.ts";
import type { Run } from "../task.ts";
import type { ActionResult } from "./action-result.ts";
import { type FoundFile, takeActionResult, takeReport } from "./found-files.ts";
import { JOB_NAMES, type JobEnd, type JobName, type JobResult } from "./jobs.ts";
import { FINDINGS, type InvestigationReport, type ReportFindings } from "./report.ts";
import { triggerSourceOf } from "./trigger-source.ts";

/** `workflow-summary.json`: how a run that investigates, asks and acts ended; `docs/schemas/` publishes it. */
export interface WorkflowSummary {
  workflow_run_id: string;
  run_attempt: number;
  run_url: string;
  trace_id: string | null;
  resource: string | null;
  trigger_source: string;
  /** When it was made, UTC. */
  timestamp: string;
  /** As GitHub says it; `null` where the workflow has no such job. */
  results: Record<JobName, JobResult | null>;
  /** `null` where the investigation left nothing. */
  investigation: InvestigationSummary | null;
  /** Whom GitHub or the policy names; `null` where nobody approved. */
  approved_by: string | null;
  /** `action-result.json`; `null` where nothing was tried. */
  action_result: ActionResult | null;
  /** Why the act job failed or did nothing. */
  act_failure_code: string | null;
  /** What should be here and is not, in sentences. */
  missing: string[];
}

/** What the job's outputs say, and the report where it is the one that they vouch for; `null` for what neither says. */
export interface InvestigationSummary extends Nullable<ReportFindings> {
  outcome: string;
  failure_code: string | null;
  action: string | null;
  report_digest: string | null;
  auto_approved: boolean;
  approval_reason: string | null;
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

export interface SummaryFacts {
  run: Run;
  /** Name of the event that started it. */
  eventName: string;
  now: Date;
  jobs: Record<JobName, JobEnd>;
  /** As the workflow gives them; what is `null` is taken from the investigation. */
  resource: string | null;
  triggerSource: string | null;
  traceId: string | null;
  report: FoundFile;
  actionResult: FoundFile;
}

/** Puts together what is known of a run. What a file says counts only where the outputs of the job that made it agree. */
export function summarizeRun(facts: SummaryFacts): WorkflowSummary {
  const { run, now, jobs } = facts;
  const missing: string[] = [];
  const note = (sentence: string) => missing.push(sentence);
  const report = takeReport(facts.report, jobs.investigate, note);
  const known = {
    report,
    action: jobs.investigate.output("action"),
    resource: facts.resource,
    repository: run.repository,
  };
  const traceId = facts.traceId ?? jobs.investigate.output("trace-id") ?? report?.trace_id;
  const byEvent = triggerSourceOf(facts.eventName, { triggerSource: null });
  const triggerSource = facts.triggerSource ?? report?.trigger_source ?? byEvent;
  return {
    workflow_run_id: run.id,
    run_attempt: run.attempt,
    run_url: run.url,
    trace_id: cut(traceId, 255),
    resource: cut(facts.resource ?? report?.resource, 1024),
    trigger_source: cutText(triggerSource, 255),
    timestamp: now.toISOString(),
    results: { investigate: jobs.investigate.result, approve: jobs.approve.result, act: jobs.act.result },
    investigation: investigationOf(jobs.investigate, report),
    approved_by: cut(jobs.act.output("approved-by"), 255),
    action_result: takeActionResult(facts.actionResult, jobs.act, known, note),
    act_failure_code: cut(jobs.act.output("failure-code"), 255),
    missing: [...missing, ...absentJobs(jobs)],
  };
}

function investigationOf(job: JobEnd, report: InvestigationReport | null): InvestigationSummary | null {
  const outcome = job.output("outcome");
  if (outcome === null) return null;
  const { shape } = FINDINGS;
  const said = <T>(schema: z.ZodType<T>, value: unknown): T | null => schema.safeParse(value).data ?? null;
  const safe = job.output("safe-to-proceed");
  return {
    outcome: cutText(outcome, 100),
    failure_code: cut(job.output("failure-code"), 100),
    status: report?.status ?? null,
    risk_level: said(shape.risk_level, job.output("risk-level")),
    issues_found: report?.issues_found ?? null,
    recommendation: said(shape.recommendation, job.output("recommendation")),
    confidence: said(shape.confidence, Number(job.output("confidence") ?? Number.NaN)),
    analysis: report?.analysis ?? null,
    safe_to_proceed: safe === null ? null : safe === "true",
    action: cut(job.output("action"), 100),
    report_digest: cut(job.output("report-digest"), 100),
    auto_approved: job.output("auto-approved") === "true",
    approval_reason: cut(job.output("approval-reason"), 2000),
  };
}

function absentJobs(jobs: Record<JobName, JobEnd>): string[] {
  const absent = JOB_NAMES.filter((name) => jobs[name].result === null);
  return absent.map((name) => `The results name no job \`${name}\`.`);
}

function cut(text: string | null | undefined, length: number): string | null {
  return text == null ? null : cutText(text, length);
}
