import { findOwnClaim } from "./claim.ts";
import { failedOutcome, TaskFailure } from "./failure.ts";
import { findFiled } from "./file-task.ts";
import { findTask, readIssue, tryParse } from "./find-task.ts";
import type { Settings } from "./inputs.ts";
import type { Ports } from "./ports.ts";
import type { FinalReport } from "./report/report.ts";
import { createReporter } from "./report/reporter.ts";
import { nextAttempt, type PastResult, readSituation } from "./situation.ts";
import {
  type Dispatch,
  FAILURE_CODES,
  type FailureCode,
  type Outcome,
  type Run,
  type Task,
  type Trigger,
} from "./task.ts";

/**
 * Ends what a run began and could not end (it was killed), from GitHub's state alone. A run that gave its claim back, or
 * never had one, has left nothing to end: then it gives `null` and writes nothing.
 */
export async function finalise(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
): Promise<FinalReport | null> {
  const dispatch = await dispatchOf(ports, settings, trigger);
  if (!dispatch) return null;
  const issue = dispatch.issue ?? (await readIssue(ports, dispatch));
  const parsed = tryParse(issue, settings);
  // Such an issue never gets as far as a claim.
  if (parsed instanceof TaskFailure) return null;
  const situation = await readSituation(ports, issue, parsed.taskId);
  const found = await findTask(ports, settings, run, issue, parsed);
  if (found.kind === "denied") return null;
  const told = situation.results.find(({ runUrl }) => runUrl === run.url);
  const earlier = situation.results.filter((result) => result !== told);
  const task = { ...found.task, attempt: nextAttempt(earlier) };
  const claim = await findOwnClaim(ports, task, run);
  if (!claim) return null;
  const reporter = createReporter(ports, settings, run);
  Object.assign(reporter.findings, {
    issue,
    taskId: parsed.taskId,
    situation: { ...situation, results: earlier },
    task,
  });
  reporter.begin(claim);
  return await reporter.finish(await outcomeOf(ports, task, run, told), told !== undefined);
}

async function dispatchOf(ports: Ports, settings: Settings, trigger: Trigger): Promise<Dispatch | null> {
  if (trigger.kind === "dispatch") return trigger.dispatch;
  if (trigger.kind === "ignored") return null;
  return await findFiled(ports, settings, trigger);
}

/** What the run has told already, else what its pull request shows. */
async function outcomeOf(ports: Ports, task: Task, run: Run, told: PastResult | undefined): Promise<Outcome> {
  switch (told?.outcome) {
    case "failed":
      return failedOutcome(new TaskFailure(codeIn(told), TOLD), "authorise");
    case "needs-input":
      return { kind: "needs-input", question: TOLD };
    case "no-changes":
      return { kind: "no-changes", reason: TOLD, quote: null };
    default:
      return await outcomeOfPullRequest(ports, task, run);
  }
}

const TOLD = "The result on the issue says it.";

function codeIn({ failureCode }: PastResult): FailureCode {
  return FAILURE_CODES.find((code) => code === failureCode) ?? "unexpected";
}

/** A pull request that tells of this run was opened or updated before the run was killed. */
async function outcomeOfPullRequest({ target }: Ports, task: Task, run: Run): Promise<Outcome> {
  const pulls = await target.pullRequestsFrom(task.target.repository, task.branch);
  const own = pulls.find(({ state, body }) => state === "open" && body.includes(`${run.url})`));
  if (!own) {
    return {
      kind: "cancelled",
      reason:
        "The run was stopped before it could finish: it was cancelled, or its machine ran out of memory or time.",
    };
  }
  return {
    kind: task.attempt > 1 ? "updated" : "opened",
    pullRequest: own,
    branch: task.branch,
    commit: own.head.oid,
    notes: [],
  };
}
