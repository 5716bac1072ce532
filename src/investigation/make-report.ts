import type { Stopped, TaskFailure } from "../failure.ts";
import { cutText } from "../harmless.ts";
import type { Proposal, Run, Task } from "../task.ts";
import type { Judgement } from "./judge-changes.ts";
import { digestOf, type InvestigationReport, RISK_LEVELS, type RiskLevel } from "./report.ts";

/** What a report says of the run that makes it. */
export interface About {
  traceId: string;
  triggerSource: InvestigationReport["trigger_source"];
  expiresAfterMinutes: number;
}

type Frame = Pick<
  InvestigationReport,
  | "version"
  | "timestamp"
  | "expires_at"
  | "trace_id"
  | "trigger_source"
  | "repository"
  | "run_id"
  | "run_attempt"
>;

/** What every report begins with; `now` is GitHub's clock, since another machine reads it. */
export function frameReport(about: About, run: Run, now: Date): Frame {
  return {
    version: 1,
    timestamp: now.toISOString(),
    expires_at: new Date(now.getTime() + about.expiresAfterMinutes * 60_000).toISOString(),
    trace_id: about.traceId,
    trigger_source: about.triggerSource,
    repository: run.repository ?? "",
    run_id: run.id,
    run_attempt: run.attempt,
  };
}

/** The report on what a processing step made for a task; `judgement` is of its changes. */
export function reportProposal(
  frame: Frame,
  proposal: Proposal,
  judgement: Judgement | null,
): InvestigationReport {
  const { task, start, result, outputTail, leftOut } = proposal;
  const { assessment } = result;
  // A step may make the risk out to be higher than its tree shows, never lower.
  const risk = higherRisk(judgement?.risk ?? "low", assessment?.risk_level ?? "low");
  const words = [assessment?.analysis, result.summary, wordsOf(proposal)].filter(
    (text) => text !== undefined,
  );
  return {
    ...frame,
    resource: task.target.repository,
    action: judgement ? OPEN_PULL_REQUEST : null,
    context: {},
    status: proposal.kind,
    risk_level: risk,
    issues_found: [...(judgement?.issues ?? []), ...(assessment?.issues_found ?? []), ...leftOut]
      .slice(0, 200)
      .map(cutIssue),
    ...adviceOf(proposal.kind, risk),
    confidence: assessment?.confidence ?? NOBODY_SAID,
    analysis: cutText(words.join("\n\n"), 60_000),
    base_commit: start.oid,
    patch_digest: judgement?.patch ? digestOf(judgement.patch) : null,
    task,
    proposal: {
      kind: proposal.kind,
      start,
      tree: proposal.kind === "changes" ? proposal.tree : null,
      reason: proposal.kind === "no-changes" ? proposal.reason : null,
      question: proposal.kind === "needs-input" ? proposal.question : null,
      // Nobody acts on what was refused, and a secret in its words may be why.
      result: judgement?.refusal ? {} : { ...result },
      outputTail,
      leftOut,
      paths: judgement?.paths ?? [],
    },
    failure: judgement?.refusal ? failureOf(judgement.refusal, "check") : null,
  };
}

/** The report on a task whose investigation failed: `act` tells the issue. */
export function reportFailure(frame: Frame, task: Task, stopped: Stopped): InvestigationReport {
  const { code, detail, quote, step } =
    stopped.kind === "failed"
      ? stopped
      : ({ code: "cancelled", detail: stopped.reason, quote: null, step: "process" } as const);
  return {
    ...frame,
    resource: task.target.repository,
    action: null,
    context: {},
    status: stopped.kind,
    risk_level: "high",
    issues_found: [cutIssue(detail)],
    ...adviceOf("failed", "high"),
    confidence: NOBODY_SAID,
    analysis: cutText(detail, 60_000),
    base_commit: null,
    patch_digest: null,
    task,
    proposal: null,
    failure: { code, step, detail, quote },
  };
}

/** The action of a task whose work changes something. */
export const OPEN_PULL_REQUEST = "open_pull_request";
/** The confidence of an investigation in which nobody spoke of it. */
const NOBODY_SAID = 0.5;
const LONGEST_ISSUE = 2000;

function cutIssue(issue: string): string {
  return cutText(issue, LONGEST_ISSUE);
}

function wordsOf(proposal: Proposal): string | undefined {
  if (proposal.kind === "no-changes") return proposal.reason;
  return proposal.kind === "needs-input" ? proposal.question : undefined;
}

/** The higher one of two. */
export function higherRisk(one: RiskLevel, other: RiskLevel): RiskLevel {
  return RISK_LEVELS.indexOf(one) > RISK_LEVELS.indexOf(other) ? one : other;
}

function adviceOf(
  kind: Proposal["kind"] | "failed",
  risk: RiskLevel,
): Pick<InvestigationReport, "recommendation" | "safe_to_proceed"> {
  if (kind === "needs-input" || risk === "high")
    return { recommendation: "manual_review_required", safe_to_proceed: false };
  return {
    recommendation: risk === "medium" ? "proceed_with_caution" : "safe_to_proceed",
    safe_to_proceed: true,
  };
}

function failureOf({ code, detail, quote }: TaskFailure, step: string): InvestigationReport["failure"] {
  return { code, step, detail, quote };
}
