import { TaskFailure } from "./failure.ts";
import { cutText, inlineCode } from "./harmless.ts";
import type { Settings } from "./inputs.ts";
import { isOurCommit, readMarker } from "./naming.ts";
import type { FoundRefs, Ports } from "./ports.ts";
import type { PullRequest, Start, Task } from "./task.ts";

/** GitHub compares no more commits: among further ones may be somebody else's. */
const LONGEST_COMPARED = 250;

/**
 * Starts from the base, unless somebody else's commits stand on the task's branch: those are kept and built upon,
 * except where a merge has already brought them home.
 */
export async function chooseStart(
  { target }: Pick<Ports, "target">,
  task: Task,
  refs: FoundRefs,
  { committer }: Pick<Settings, "committer">,
): Promise<Start> {
  if (task.branch === task.target.base) {
    throw new TaskFailure(
      "invalid-input",
      `The branch \`${task.branch}\` is also the base: a pull request needs two. Set \`branch\` or \`base\` to another one.`,
    );
  }
  const fresh: Start = { oid: refs.base, branchTip: refs.branch, builtUpon: false };
  if (!refs.branch) return fresh;
  const { repository, base } = task.target;
  const [ahead, pulls] = await Promise.all([
    target.commitsAhead(repository, base, task.branch),
    target.pullRequestsFrom(repository, task.branch),
  ]);
  refuseSharing(task, pulls);
  // `null`: both exist and have no history in common, so that whose commits they are cannot be told.
  if (
    ahead &&
    ahead.length < LONGEST_COMPARED &&
    ahead.every((commit) => isOurCommit(commit, task, committer))
  )
    return fresh;
  const [newest] = pulls;
  if (newest?.merged && newest.head.oid === refs.branch) return fresh;
  return { oid: refs.branch, branchTip: refs.branch, builtUpon: true };
}

/** A backend learns of a task by the pull request that is opened for it, and a branch has only one open. */
function refuseSharing({ taskId, branch }: Task, pulls: PullRequest[]): void {
  for (const { state, number, body } of pulls) {
    const owner = readMarker(body, "agent_task_metadata")?.task_id;
    if (state !== "open" || typeof owner !== "string" || owner === taskId) continue;
    throw new TaskFailure(
      "invalid-input",
      `The branch \`${branch}\` has the open pull request ${number} of another task, ${inlineCode(cutText(owner, 128))}. Put \`{task-id}\` or \`{issue}\` into \`branch\`, so that each task has a branch of its own, or merge or close that pull request first.`,
    );
  }
}
