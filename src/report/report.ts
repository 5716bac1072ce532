import type { KeptWork } from "../keep-work.ts";
import type { StageTime } from "../progress.ts";
import type { DiffStat, Issue, Outcome, Proposal, Pushed, Run, Task } from "../task.ts";

/** All that a run can tell of itself, for every renderer. What did not come to be is `null`. */
export interface Report {
  run: Run;
  /** `null` while the run goes on. */
  outcome: Outcome | null;
  /** Which try of the task this run is, from 1. */
  attempt: number;
  issue: Issue | null;
  /** As the issue says it, also where the task may not run. */
  taskId: string | null;
  task: Task | null;
  proposal: Proposal | null;
  stat: DiffStat | null;
  stages: readonly StageTime[];
  /** What the target's branch holds of this run, also where no pull request came of it. */
  pushed: Pushed | null;
  /** Work that could not be pushed. */
  kept: KeptWork | null;
}

/** A report whose run is over. */
export type FinalReport = Report & { outcome: Outcome };

/** One write that a dry run did not make. */
export interface Rehearsed {
  /** For example `Create the pull request`. */
  what: string;
  /** Its text (Markdown), or a patch. */
  text: string;
  format: "markdown" | "diff";
}
