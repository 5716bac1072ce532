import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import type { ActInputs } from "./inputs.ts";
import { digestOf, type InvestigationReport, LONGEST_REPORT, REPORT } from "./report.ts";

/** What was approved: the report, and the patch that it names. */
export interface Approved {
  report: InvestigationReport;
  /** `null` where the report names none. */
  patch: Uint8Array | null;
}

/** The longest patch that is read, in bytes; the limits of the action are stricter. */
const LONGEST_PATCH = 100 * 1024 * 1024;

/**
 * Reads what the investigating job left, as if an enemy had: the report must be the one of `report-digest`, of this very run and
 * attempt, and not expired; the patch the one that the report names. Throws `invalid-report`, `report-mismatch`, `report-expired`.
 */
export async function readApproved(
  { artifacts, dispatch }: Pick<Ports, "artifacts" | "dispatch">,
  given: Pick<ActInputs, "reportFile" | "patchFile" | "reportDigest">,
  run: Run,
): Promise<Approved> {
  if (given.reportDigest === null) throw noReport();
  const content = await artifacts.read(named("report-file", given.reportFile), LONGEST_REPORT);
  if (digestOf(content) !== given.reportDigest)
    throw mismatch("The report is not the one that `report-digest` names: it was changed after it was made.");
  const report = parseReport(content);
  refuseOther(report, run);
  if (Date.parse(report.expires_at) <= dispatch.now().getTime())
    throw new TaskFailure("report-expired", `It could be acted on until ${report.expires_at}.`);
  if (report.patch_digest === null) return { report, patch: null };
  const patch = await artifacts.read(named("patch-file", given.patchFile), LONGEST_PATCH);
  if (digestOf(patch) !== report.patch_digest)
    throw mismatch("The patch is not the one that the report names: it was changed after it was made.");
  return { report, patch };
}

/** Throws `invalid-report` naming the field. */
export function parseReport(content: Uint8Array): InvestigationReport {
  const parsed = REPORT.safeParse(parseJson(content));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.length ? `Field ${inlineCode(issue.path.map(String).join("."))}` : "The content";
  throw new TaskFailure(
    "invalid-report",
    `${field} of the report does not fit: ${issue?.message ?? "unknown reason"}.`,
  );
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (cause) {
    // Not the parser's own message: it quotes the content.
    throw new TaskFailure("invalid-report", "The report does not hold JSON.", { cause });
  }
}

function refuseOther(report: InvestigationReport, run: Run): void {
  if (report.repository !== run.repository || report.run_id !== run.id)
    throw mismatch(
      `The report is of another run (${inlineCode(`${report.repository}, ${report.run_id}`)}) than this one (${inlineCode(run.id)}).`,
    );
  if (report.run_attempt !== run.attempt)
    throw mismatch(
      `The report is of attempt ${report.run_attempt}, and this is attempt ${run.attempt}: run all jobs again, not only the failed ones.`,
    );
}

function named(input: string, path: string | null): string {
  if (path !== null) return path;
  throw new TaskFailure("invalid-report", `The input \`${input}\` names no file.`);
}

function noReport(): TaskFailure {
  return new TaskFailure(
    "invalid-report",
    "The investigation left no report (`report-digest` is empty): its job failed before it could write one, or was not run.",
  );
}

/** This is not what was approved, and why. */
export function mismatch(detail: string): TaskFailure {
  return new TaskFailure("report-mismatch", detail);
}
