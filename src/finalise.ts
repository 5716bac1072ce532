import { findOwnClaim } from "./claim.ts";
import { findFiled } from "./file-task.ts";
import type { Settings } from "./inputs.ts";
import { parseTask } from "./parse-task.ts";
import type { Ports } from "./ports.ts";
import { findTask, readIssue } from "./prepare.ts";
import type { FinalReport } from "./report/report.ts";
import { createReporter } from "./report/reporter.ts";
import { readSituation } from "./situation.ts";
import type { Dispatch, Outcome, Run, Task, Trigger } from "./task.ts";

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
  const parsed = parseTask(issue, settings);
  const situation = await readSituation(ports, issue, parsed.taskId);
  const written = situation.results.some(({ runUrl }) => runUrl === run.url);
  const found = await findTask(ports, settings, run, issue, parsed);
  if (found.kind === "denied") return null;
  const task = { ...found.task, attempt: situation.results.length + 1 };
  const claim = await findOwnClaim(ports, task, run);
  if (!claim) return null;
  if (written) {
    await claim.release();
    return null;
  }
  const reporter = createReporter(ports, settings, run);
  Object.assign(reporter.findings, { issue, taskId: parsed.taskId, situation, task });
  reporter.begin(claim);
  return await reporter.finish(await outcomeOf(ports, task, run));
}

async function dispatchOf(ports: Ports, settings: Settings, trigger: Trigger): Promise<Dispatch | null> {
  if (trigger.kind === "dispatch") return trigger.dispatch;
  if (trigger.kind === "ignored") return null;
  return await findFiled(ports, settings, trigger);
}

/** A pull request that tells of this run was opened or updated before the run was killed. */
async function outcomeOf({ target }: Ports, task: Task, run: Run): Promise<Outcome> {
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
