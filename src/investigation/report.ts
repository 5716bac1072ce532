import { createHash } from "node:crypto";
import { z } from "zod";

/** The longest report that is read, in bytes. */
export const LONGEST_REPORT = 1024 * 1024;

const instant = z.iso.datetime();
const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
/** `sha256:` and 64 hex digits. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
/** An action's name, in the manner of `restart_service` or `s3:PutObject`. */
export const actionName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/);

export const RISK_LEVELS = ["low", "medium", "high"] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];
export const RECOMMENDATIONS = ["safe_to_proceed", "proceed_with_caution", "manual_review_required"] as const;

/** What an operation's command writes: its findings. */
export const FINDINGS = z.object({
  /** The command's own word for how it went or how the resource is. */
  status: z.string().min(1).max(100),
  risk_level: z.enum(RISK_LEVELS),
  issues_found: z.array(z.string().max(2000)).max(200),
  /** One of `RECOMMENDATIONS`, or the name of the action to take. */
  recommendation: actionName,
  confidence: z.number().min(0).max(1),
  /** Markdown. */
  analysis: z.string().max(60_000),
  safe_to_proceed: z.boolean(),
});
export type ReportFindings = z.output<typeof FINDINGS>;

/** The nouns of a task and of what was made for it, as `task.ts` describes them: all of it is parsed again. */
const task = z.strictObject({
  taskId: z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/),
  userId: z.string().nullable(),
  instruction: z.string(),
  title: z.string(),
  targetRepository: z.string().nullable(),
  targetPullRequest: z.number().int().positive().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  origin: z.enum(["metadata", "fields", "derived"]),
  issue: z.strictObject({ repository: z.string(), number: z.number().int().positive(), url: z.string() }),
  target: z.strictObject({
    repository: z.string(),
    cloneUrl: z.string(),
    base: z.string(),
    pullRequest: z.number().int().positive().nullable(),
  }),
  branch: z.string(),
  attempt: z.number().int().positive(),
});
const start = z.strictObject({ oid, branchTip: oid.nullable(), builtUpon: z.boolean() });

/** `investigation-report.json`: all that an approver sees, and all that `act` believes; `docs/schemas/` publishes it. */
export const REPORT = z.strictObject({
  version: z.literal(1),
  timestamp: instant,
  /** When `act` no longer takes it. */
  expires_at: instant,
  trace_id: z.string().min(1).max(255),
  trigger_source: z.enum(["manual", "alert", "schedule", "issue"]),
  /** Where the workflow runs, `owner/name`. */
  repository: z.string(),
  run_id: z.string(),
  run_attempt: z.number().int().positive(),
  /** What is investigated: the operator's name for it, or the target repository of a task. */
  resource: z.string().min(1).max(1024),
  /** What `act` would do; `null` where there is nothing to do. */
  action: actionName.nullable(),
  /** An operation's context, as it was given. */
  context: z.record(z.string(), z.unknown()),
  ...FINDINGS.shape,
  /** Commit that was investigated, and that the work is made on. */
  base_commit: oid.nullable(),
  /** Of `proposal.patch`; `null` where there is no patch. */
  patch_digest: digest.nullable(),
  task: task.nullable(),
  /** What the processing step made for the task. */
  proposal: z
    .strictObject({
      kind: z.enum(["changes", "no-changes", "needs-input"]),
      start,
      /** Tree that the patch must give. */
      tree: oid.nullable(),
      reason: z.string().nullable(),
      question: z.string().nullable(),
      result: z.record(z.string(), z.unknown()),
      outputTail: z.string(),
      leftOut: z.array(z.string()),
      /** Changed paths, for people and for policies. */
      paths: z.array(z.string()),
    })
    .nullable(),
  /** Why the investigation itself failed: `act` then only says so. */
  failure: z
    .strictObject({ code: z.string(), step: z.string(), detail: z.string(), quote: z.string().nullable() })
    .nullable(),
});
export type InvestigationReport = z.output<typeof REPORT>;

/** The report's bytes: what is written, digested and approved. */
export function renderReport(report: InvestigationReport): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
}

export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
