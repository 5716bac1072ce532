import { limitsEntry } from "./audit/entries.ts";
import { asFailure, TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import { commitMessage, pullRequestTitle } from "./naming.ts";
import { checkLimits, type Verdict } from "./policy/limits.ts";
import { refuseSecrets } from "./policy/secrets.ts";
import type { GitStore, Ports } from "./ports.ts";
import type { Progress } from "./progress.ts";
import { decoratePullRequest, ensurePullRequest } from "./pull-request.ts";
import { renderPullRequestBody } from "./report/pull-request-body.ts";
import type { DiffStat, Oid, Outcome, Proposal, Run, StepResult } from "./task.ts";

type Changes = Extract<Proposal, { kind: "changes" }>;
type Needs = Pick<Ports, "target" | "clock" | "log" | "findSecrets" | "audit">;

export interface Action {
  proposal: Proposal;
  /** Holds the proposal's tree. */
  store: GitStore;
  /** Of the proposal's changes. */
  stat: DiffStat;
  settings: Settings;
  run: Run;
  progress: Progress;
  /** Told once the branch holds the work, whatever becomes of the pull request. */
  pushed(commit: Oid): void;
  /** Asked right before anything is written: an outcome ends the run instead. */
  confirm(): Promise<Outcome | null>;
}

/** Holds the proposal against the limits, pushes it and ensures its pull request. Runs no code of anybody else's. */
export async function act(ports: Needs, action: Action): Promise<Outcome> {
  const { proposal, store, settings, progress } = action;
  if (proposal.kind !== "changes") return (await action.confirm()) ?? withoutChanges(proposal);
  const [verdict, stop] = await Promise.all([check(ports, store, proposal, settings), action.confirm()]);
  if (stop) return stop;
  progress.enter("push");
  const commit = await pushTree(action, proposal);
  action.pushed(commit);
  progress.enter("pull-request");
  return await openPullRequest(ports, action, proposal, verdict, commit);
}

/** What may not be pushed: first what is too much or protected, then what is secret. */
async function check(ports: Needs, store: GitStore, proposal: Changes, settings: Settings): Promise<Verdict> {
  const { task, start, tree, result } = proposal;
  try {
    const verdict = await checkLimits(store, start.oid, tree, settings);
    const message = commitMessage({ task, result, input: settings.commitMessage });
    await refuseSecrets(ports, store, { from: start.oid, to: tree, message });
    ports.audit.record(limitsEntry(task, verdict));
    return verdict;
  } catch (thrown) {
    ports.audit.record(limitsEntry(task, asFailure(thrown)));
    throw thrown;
  }
}

function withoutChanges(proposal: Exclude<Proposal, Changes>): Outcome {
  if (proposal.kind === "needs-input") return { kind: "needs-input", question: proposal.question };
  return {
    kind: "no-changes",
    // What was made where the work tree does not show it, such as a commit on a branch that was left again.
    reason: [proposal.reason, ...proposal.leftOut].join(" "),
    quote: proposal.result.summary ?? (proposal.outputTail || null),
  };
}

/** Commits the tree on its start and pushes it; a branch that already holds exactly this is left alone. */
async function pushTree({ store, settings }: Action, { task, start, tree, result }: Changes): Promise<Oid> {
  const { branchTip } = start;
  if (branchTip && (await store.treeOf(branchTip)) === tree) return branchTip;
  const commit = await store.commit({
    tree,
    parents: [start.oid],
    message: commitMessage({ task, result, input: settings.commitMessage }),
    author: settings.author,
    committer: settings.committer,
    signed: settings.signCommits,
  });
  if ((await store.push({ commit, branch: task.branch, expected: branchTip })) === "pushed") return commit;
  throw new TaskFailure(
    "push-rejected",
    `Somebody else pushed to \`${task.branch}\` while the task ran; their commits were left as they are.`,
  );
}

/** That the task names a pull request which its work could not start from. */
function notBuiltOn({ targetPullRequest, target }: Changes["task"]): string[] {
  if (targetPullRequest === null || target.pullRequest !== null) return [];
  return [
    `The pull request that the task names, number ${targetPullRequest}, is not an open one with its branch in \`${target.repository}\`: the work starts from \`${target.base}\`.`,
  ];
}

/** The work tree decides, not what a step says of itself; but whoever reviews it should know. */
function contradicted({ status }: StepResult): string[] {
  if (status !== "no_change") return [];
  return [
    "The step said in its result file that it changed nothing (`no_change`), but files did change: check whether they were meant to.",
  ];
}

async function openPullRequest(
  ports: Needs,
  { settings, run, stat }: Action,
  { task, start, result, leftOut }: Changes,
  verdict: Verdict,
  commit: Oid,
): Promise<Outcome> {
  const { branch, target } = task;
  const notes = [...verdict.notes, ...leftOut, ...notBuiltOn(task), ...contradicted(result)];
  if (start.builtUpon) notes.push(`Built upon commits that somebody else pushed to \`${branch}\`.`);
  const ensured = await ensurePullRequest(
    ports,
    task,
    {
      title: pullRequestTitle({ task, result, input: settings.prTitle }),
      body: renderPullRequestBody({ task, result, stat, notes, run }),
      head: branch,
      base: target.base,
      draft: settings.prDraft || verdict.draft,
    },
    start.branchTip === null && task.attempt === 1,
  );
  if (!ensured) {
    return {
      kind: "no-changes",
      reason: `\`${target.base}\` already holds everything on \`${branch}\`.`,
      quote: null,
    };
  }
  notes.push(...ensured.notes, ...(await decoratePullRequest(ports, task, ensured.pullRequest, settings)));
  const kind = ensured.operation === "created" ? "opened" : "updated";
  return { kind, pullRequest: ensured.pullRequest, branch, commit, notes };
}
