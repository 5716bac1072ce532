import { authorisationEntry } from "./audit/entries.ts";
import { authoriseSender, authoriseTarget, readTarget } from "./authorise.ts";
import { asFailure, TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import type { KeptWork } from "./keep-work.ts";
import { branchFor } from "./naming.ts";
import { parseTask } from "./parse-task.ts";
import { permitSender, permitTask } from "./policy/permit.ts";
import { readPolicy } from "./policy/policy.ts";
import { tighten } from "./policy/tighten.ts";
import type { Ports, Repository } from "./ports.ts";
import { isNewRequest, nextAttempt, readSituation, type Situation } from "./situation.ts";
import { findWish } from "./sweep/find-wish.ts";
import type { DiffStat, Dispatch, Issue, ParsedTask, Proposal, Pushed, Run, Task } from "./task.ts";

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

export async function readIssue(
  { dispatch: github }: Needs,
  { repository, issueNumber }: Dispatch,
): Promise<Issue> {
  const issue = await github.issue(repository, issueNumber);
  if (!issue)
    throw new TaskFailure("issue-not-found", `\`${repository}\` shows this token no issue ${issueNumber}.`);
  if (issue.isPullRequest)
    throw new TaskFailure(
      "issue-not-found",
      `${issueNumber} is a pull request of \`${repository}\`, not an issue.`,
    );
  return issue;
}

/** A body that does not parse is told only to somebody who may start tasks, so the failure waits. */
export function tryParse(issue: Issue, settings: Settings): ParsedTask | TaskFailure {
  try {
    return parseTask(issue, { requireMetadata: settings.requireMetadata });
  } catch (thrown) {
    if (thrown instanceof TaskFailure) return thrown;
    throw thrown;
  }
}

/** The task with its target; its attempt is still to be counted. Throws `target-not-found` or `target-archived`. */
export async function findTask(
  ports: Needs,
  settings: Settings,
  run: Run,
  issue: Issue,
  parsed: ParsedTask,
): Promise<{ kind: "found"; task: Task } | { kind: "denied"; reason: string }> {
  const named = parsed.targetRepository ?? settings.targetRepository ?? issue.repository;
  // Asked twice: by the issue's name before any look-up, and by the API's, since repositories move.
  const byName = authoriseTarget(named, issue.repository, settings);
  if (!byName.allowed) return { kind: "denied", reason: byName.reason };
  const target = await readTarget(ports, named);
  const decision = authoriseTarget(target.name, issue.repository, settings);
  if (!decision.allowed) return { kind: "denied", reason: decision.reason };
  return { kind: "found", task: await assemble(ports, settings, run, issue, parsed, target) };
}

async function assemble(
  ports: Needs,
  settings: Settings,
  run: Run,
  issue: Issue,
  parsed: ParsedTask,
  target: Repository,
): Promise<Task> {
  const builtOn = await pullRequestToBuildOn(ports, parsed, target);
  return {
    ...parsed,
    issue: { repository: issue.repository, number: issue.number, url: issue.url },
    target: {
      repository: target.name,
      cloneUrl: `${run.serverUrl}/${target.name}.git`,
      base: builtOn?.branch ?? settings.base ?? target.defaultBranch,
      pullRequest: builtOn?.number ?? null,
    },
    branch: branchFor(issue, parsed.taskId, settings.branch),
    attempt: 1,
  };
}

async function pullRequestToBuildOn(
  ports: Needs,
  parsed: ParsedTask,
  target: Repository,
): Promise<{ number: number; branch: string } | null> {
  if (parsed.targetPullRequest === null) return null;
  const pull = await ports.target.pullRequest(target.name, parsed.targetPullRequest);
  if (pull?.state !== "open" || pull.head.repository?.toLowerCase() !== target.name.toLowerCase())
    return null;
  return { number: pull.number, branch: pull.head.ref };
}
