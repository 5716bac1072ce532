import { TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import type { Ports } from "./ports.ts";
import { readSituation, type Situation, triesAmong } from "./situation.ts";
import type { Issue, Outcome, Task } from "./task.ts";
import { hasLabel } from "./triggers/payload.ts";

/** The outcome that ends the run instead, or `null` to go on; and what people should know of it (Markdown). */
export interface Confirmation {
  stop: Outcome | null;
  notes: string[];
}

/**
 * Asks once more, right before anything is written to the target: is the task still wanted, and still nobody else's?
 * `ownComments`: how many this run has added.
 */
export async function confirmWanted(
  { dispatch }: Pick<Ports, "dispatch">,
  { triggerLabel }: Pick<Settings, "triggerLabel">,
  task: Task,
  before: { issue: Issue; situation: Situation; ownComments: number },
): Promise<Confirmation> {
  const now = await dispatch.issue(task.issue.repository, task.issue.number);
  if (!now) throw new TaskFailure("issue-not-found", "The dispatch issue went away while the task ran.");
  const stop = await findReasonToStop({ dispatch }, triggerLabel, task, before, now);
  return { stop, notes: isSameText(before.issue, now) ? [] : [EDITED] };
}

/** Told of work whose issue says something else by now. */
export const EDITED =
  "The issue's text was edited after the task was started: what stood there before is what was worked on. Comment `/agent retry` to have the new text worked on.";

function isSameText(one: Issue, other: Issue): boolean {
  const text = ({ title, body }: Issue) => `${title}\n${body}`.replace(/\r\n?/g, "\n");
  return text(one) === text(other);
}

async function findReasonToStop(
  { dispatch }: Pick<Ports, "dispatch">,
  triggerLabel: string,
  task: Task,
  before: { issue: Issue; situation: Situation; ownComments: number },
  now: Issue,
): Promise<Outcome | null> {
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
