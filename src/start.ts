import { TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import { isOurCommit } from "./naming.ts";
import type { FoundRefs, Ports } from "./ports.ts";
import type { Start, Task } from "./task.ts";

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
  const ahead = await target.commitsAhead(repository, base, task.branch);
  // `null`: both exist and have no history in common, so that whose commits they are cannot be told.
  if (
    ahead &&
    ahead.length < LONGEST_COMPARED &&
    ahead.every((commit) => isOurCommit(commit, task, committer))
  )
    return fresh;
  const [newest] = await target.pullRequestsFrom(repository, task.branch);
  if (newest?.merged && newest.head.oid === refs.branch) return fresh;
  return { oid: refs.branch, branchTip: refs.branch, builtUpon: true };
}
