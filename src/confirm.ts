import { TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import type { Ports } from "./ports.ts";
import { readSituation, type Situation, triesAmong } from "./situation.ts";
import type { Issue, Outcome, Task } from "./task.ts";
import { hasLabel } from "./triggers/payload.ts";

/**
 * Asks once more, right before anything is written to the target: is the task still wanted, and still nobody else's?
 * Gives the outcome that ends the run instead, or `null` to go on. `ownComments`: how many this run has added.
 */
export async function confirmWanted(
  { dispatch }: Pick<Ports, "dispatch">,
  { triggerLabel }: Pick<Settings, "triggerLabel">,
  task: Task,
  before: { issue: Issue; situation: Situation; ownComments: number },
): Promise<Outcome | null> {
  const now = await dispatch.issue(task.issue.repository, task.issue.number);
  if (!now) throw new TaskFailure("issue-not-found", "The dispatch issue went away while the task ran.");
  if (now.state === "closed" && before.issue.state === "open") {
    return { kind: "cancelled", reason: "The issue was closed while the task ran." };
  }
  if (hasLabel(before.issue.labels, triggerLabel) && !hasLabel(now.labels, triggerLabel)) {
    return { kind: "cancelled", reason: `The label \`${triggerLabel}\` was removed while the task ran.` };
  }
  if (now.commentCount <= before.situation.commentCount + before.ownComments) return null;
  // Somebody wrote meanwhile: perhaps another run that began and ended between our reading and our claim.
  const situation = await readSituation({ dispatch }, task.issue, task.taskId);
  if (triesAmong(situation.results).length === triesAmong(before.situation.results).length) return null;
  return { kind: "duplicate", reason: "another run has just finished the task" };
}
