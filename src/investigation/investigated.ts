import type { DiffStat, Issue, Outcome } from "../task.ts";
import type { ShownWork } from "./render-work.ts";
import type { InvestigationReport } from "./report.ts";

/** How the investigating half ends; only `failed` and `cancelled` fail the step. */
export type InvestigationOutcome =
  | { kind: "investigated" }
  | Extract<Outcome, { kind: "ignored" | "denied" | "duplicate" | "cancelled" | "failed" }>;

/** What came of an investigation, of a task as of an operation. */
export interface Investigated {
  outcome: InvestigationOutcome;
  /** Also of an investigation that failed, where it came as far as a task; `null` where there is nothing to act on or to tell. */
  report: InvestigationReport | null;
  /** The bytes of `proposal.patch`; `null` where nothing changes. */
  patch: Uint8Array | null;
  /** Of the patch. */
  stat: DiffStat | null;
  /** What an approver sees of a task's work; `null` where nothing changes. */
  shown: ShownWork | null;
  /** The task's issue. */
  issue: Issue | null;
  taskId: string | null;
}

/** An investigation that ended before anything was known. */
export const NOTHING_INVESTIGATED: Omit<Investigated, "outcome"> = {
  report: null,
  patch: null,
  stat: null,
  shown: null,
  issue: null,
  taskId: null,
};
