import { failedOutcome, type Stopped, TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import { parseStepResult } from "../step-files.ts";
import { FAILURE_CODES, type FailureCode, type Proposal, STAGES, type Stage, type Task } from "../task.ts";
import { OPEN_PULL_REQUEST } from "./make-report.ts";
import { mismatch } from "./read-approved.ts";
import type { InvestigationReport } from "./report.ts";

/**
 * The proposal of a report, for the task as it is now. Where it goes is decided by the task, never by the report; throws
 * `report-mismatch` where the two differ, or `invalid-report` for one that names no proposal.
 */
export function proposalOf(report: InvestigationReport, now: Task): Proposal {
  const { proposal, task: then } = report;
  if (then === null) throw mismatch("The report is of an operation, and this run is for a task.");
  if (proposal === null)
    throw new TaskFailure("invalid-report", "The report names neither a proposal nor a failure.");
  refuseOtherTask(then, now);
  const common = {
    // The words are those that were investigated, although the issue may have been edited since.
    task: { ...now, instruction: then.instruction, title: then.title },
    start: proposal.start,
    result: parseStepResult(JSON.stringify(proposal.result)),
    outputTail: proposal.outputTail,
    leftOut: proposal.leftOut,
  };
  switch (proposal.kind) {
    case "changes":
      refuseOtherAction(report);
      if (proposal.tree === null) throw lacks("tree");
      return { ...common, kind: "changes", tree: proposal.tree };
    case "no-changes":
      return { ...common, kind: "no-changes", reason: proposal.reason ?? "" };
    case "needs-input":
      return { ...common, kind: "needs-input", question: proposal.question ?? "" };
  }
}

/** The end of a task whose investigation failed; `null` where it did not. */
export function failedReport({ failure }: InvestigationReport): Stopped | null {
  if (failure === null) return null;
  const { detail, quote } = failure;
  const code: FailureCode = FAILURE_CODES.find((known) => known === failure.code) ?? "unexpected";
  const step: Stage = STAGES.find((known) => known === failure.step) ?? "process";
  return failedOutcome(new TaskFailure(code, detail, quote === null ? {} : { quote }), step);
}

function refuseOtherTask(then: Task, now: Task): void {
  const place = ({ taskId, issue, target, branch }: Task) => ({
    "the task's id": taskId,
    "the issue": `${issue.repository}#${issue.number}`,
    "the target repository": target.repository,
    "the base branch": target.base,
    "the pull request that it builds on": String(target.pullRequest ?? "none"),
    "the branch": branch,
  });
  const [before, after] = [Object.entries(place(then)), new Map(Object.entries(place(now)))];
  const other = before.find(([what, value]) => after.get(what) !== value);
  if (!other) return;
  throw mismatch(`The report is of another task than this run's: ${other[0]} is not the same.`);
}

/** A policy judges a report by its action: a patch under another name, or none, would be judged as something else. */
function refuseOtherAction({ action }: InvestigationReport): void {
  if (action === OPEN_PULL_REQUEST) return;
  const named = action === null ? "names no action" : `names the action ${inlineCode(action)}`;
  throw mismatch(`The report ${named}, and its patch would open a pull request.`);
}

function lacks(field: string): TaskFailure {
  return new TaskFailure("invalid-report", `The report lacks \`proposal.${field}\`.`);
}
