import type { z } from "zod";
import type { TaskFailure } from "../failure.ts";
import { cutText } from "../harmless.ts";
import { ACTION_RESULT, type ActionResult } from "./action-result.ts";
import type { JobEnd } from "./jobs.ts";
import { OPEN_PULL_REQUEST } from "./make-report.ts";
import { digestOf, type InvestigationReport, REPORT } from "./report.ts";

/** What a file holds, or why it cannot be read; `null` where the workflow names none. */
export type FoundFile = Uint8Array | TaskFailure | null;

/** What the run is known to be about, whatever the result of the action says. */
export interface Known {
  report: InvestigationReport | null;
  /** As the job that investigates gave it out. */
  action: string | null;
  /** As the workflow gives it. */
  resource: string | null;
  /** Where the workflow runs. */
  repository: string | null;
}

/** Characters that a result has room for. */
const LONGEST_RESOURCE = 1024;

/** Tells, in a sentence, why something does not count. */
type Note = (sentence: string) => void;

/** The report where its digest is the one that the job gave out. */
export function takeReport(file: FoundFile, job: JobEnd, note: Note): InvestigationReport | null {
  const digest = job.output("report-digest");
  // Without a digest nobody vouches for the file: it may be that of an earlier attempt.
  if (digest === null) return null;
  const content = contentOf(file, "report", note);
  if (!content) return null;
  const report = digestOf(content) === digest ? parseAs(REPORT, content) : null;
  if (!report) note("The report is left out: it is not the one that `investigate` made.");
  return report;
}

/** The result of the action where it has the status that the job gave out, and is of the run's own action and resource. */
export function takeActionResult(
  file: FoundFile,
  job: JobEnd,
  known: Known,
  note: Note,
): ActionResult | null {
  const status = job.output("action-status");
  if (status === null) return null;
  const content = contentOf(file, "result of the action", note);
  if (!content) return null;
  const result = parseAs(ACTION_RESULT, content);
  const problem = result ? problemOf(result, status, known) : "it does not have the shape of one";
  if (problem === null) return result;
  note(`The result of the action is left out: ${problem}.`);
  return null;
}

function problemOf(result: ActionResult, status: string, known: Known): string | null {
  if (result.status !== status) return "its status is not the one that `act` gave out";
  if (!isProposed(result, known)) return "its action is not the one that was proposed";
  return isOfResource(result, known) ? null : "its resource is not the one of this run";
}

function isProposed({ action }: ActionResult, known: Known): boolean {
  // An act that never came to know its report names no action.
  if (action === null) return true;
  if (known.report) return action === (known.report.task ? OPEN_PULL_REQUEST : known.report.action);
  return known.action === null || action === known.action;
}

function isOfResource({ action, resource }: ActionResult, known: Known): boolean {
  const wanted = known.report?.resource ?? known.resource;
  if (wanted === null || resource === cutText(wanted, LONGEST_RESOURCE)) return true;
  // A task that ended before its target was known is told of the workflow's own repository.
  return action === OPEN_PULL_REQUEST && resource === known.repository;
}

function contentOf(file: FoundFile, name: string, note: Note): Uint8Array | null {
  if (file instanceof Uint8Array) return file;
  note(`The ${name} is missing. ${file?.detail ?? "No file was named."}`);
  return null;
}

function parseAs<T>(schema: z.ZodType<T>, content: Uint8Array): T | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
