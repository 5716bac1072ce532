import { authorisationEntry } from "./audit/entries.ts";
import { authoriseSender } from "./authorise.ts";
import { asFailure, TaskFailure } from "./failure.ts";
import { findTask, readIssue, tryParse } from "./find-task.ts";
import type { Settings } from "./inputs.ts";
import type { KeptWork } from "./keep-work.ts";
import { permitSender, permitTask } from "./policy/permit.ts";
import { readPolicy } from "./policy/policy.ts";
import { tighten } from "./policy/tighten.ts";
import type { Ports } from "./ports.ts";
import { isNewRequest, nextAttempt, readSituation, type Situation } from "./situation.ts";
import { findWish } from "./sweep/find-wish.ts";
import type { DiffStat, Dispatch, Issue, Proposal, Pushed, Run, Task } from "./task.ts";

type Needs = Pick<Ports, "dispatch" | "target">;

/** A task that may run, within which limits; or where it ended before anything ran. */
export type Prepared = { kind: "ready"; task: Task; settings: Settings } | { kind: "over"; outcome: Over };
type Over = { kind: "ignored" | "denied" | "duplicate"; reason: string };

/** What a run finds out on its way; filled in step by step, so that its report can tell even after a failure. */
export interface Findings {
  issue: Issue | null;
  taskId: string | null;
  situation: Situation | null;
  task: Task | null;
  proposal: Proposal | null;
  stat: DiffStat | null;
  pushed: Pushed | null;
  kept: KeptWork | null;
}

/** What is known before anything was read. */
export const NO_FINDINGS: Readonly<Findings> = {
  issue: null,
  taskId: null,
  situation: null,
  task: null,
  proposal: null,
  stat: null,
  pushed: null,
  kept: null,
};

/** Reads the issue and its past, parses the task and asks whether it may run. One reading of GitHub's state decides. */
export async function prepare(
  ports: Needs & Pick<Ports, "audit">,
  settings: Settings,
  run: Run,
  asked: Dispatch,
  findings: Findings,
): Promise<Prepared> {
  const prepared = await decide(ports, settings, run, asked, findings);
  ports.audit.record(authorisationEntry(asked, prepared));
  return prepared;
}

async function decide(
  ports: Needs,
  settings: Settings,
  run: Run,
  asked: Dispatch,
  findings: Findings,
): Promise<Prepared> {
  const issue = asked.issue ?? (await readIssue(ports, asked));
  findings.issue = issue;
  const dispatch = asked.event === "schedule" ? await findWish(ports, settings, run, issue) : asked;
  if ("kind" in dispatch) return over(dispatch);
  const parsed = tryParse(issue, settings);
  findings.taskId = parsed instanceof TaskFailure ? null : parsed.taskId;
  const [situation, sender, found, policy] = await Promise.all([
    readSituation(ports, issue, findings.taskId),
    authoriseSender(ports, dispatch, settings),
    parsed instanceof TaskFailure ? parsed : findTask(ports, settings, run, issue, parsed).catch(asFailure),
    readPolicy(ports, settings, issue.repository).catch(asFailure),
  ]);
  findings.situation = situation;
  if (!(await isNewRequest(ports, dispatch, run, situation.results))) {
    return over({ kind: "duplicate", reason: "the event is from before the task's last result" });
  }
  if (!sender.allowed) return over({ kind: "denied", reason: sender.reason });
  if (policy instanceof TaskFailure) throw policy;
  const bySender = permitSender(policy, dispatch.sender, settings);
  if (!bySender.allowed) return over({ kind: "denied", reason: bySender.reason });
  if (found instanceof TaskFailure) throw found;
  if (found.kind === "denied") return over(found);
  const task = { ...found.task, attempt: nextAttempt(situation.results) };
  const byTask = await permitTask(ports, policy, settings, dispatch, task);
  if (!byTask.allowed) return over({ kind: "denied", reason: byTask.reason });
  findings.task = task;
  return { kind: "ready", task, settings: tighten(settings, policy) };
}

function over(outcome: Over): Prepared {
  return { kind: "over", outcome };
}
