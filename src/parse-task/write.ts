import { TaskFailure } from "../failure.ts";
import { quoteText } from "../harmless.ts";
import { marker } from "../naming.ts";
import type { UnfiledTask } from "../task.ts";
import { quote } from "./refuse.ts";

/** Characters of an issue's body at GitHub. */
const LONGEST_BODY = 65_536;

/** A correct body that says all a task can say, for people whose issue was refused. */
export const TASK_EXAMPLE = `Target Repository: your-org/your-project

## Instruction

Add authentication middleware to the API

<!-- agent_task_metadata {"task_id": "550e8400-e29b-41d4-a716-446655440000", "user_id": "user-123"} -->
`;

/**
 * Writes the body of a dispatch issue that `parseTask` reads back as the same task, its instruction to the letter
 * (lone surrogates and NUL aside). Throws `too-large` where GitHub would not take it.
 */
export function unfiledTaskBody(task: UnfiledTask): string {
  const comment = marker("agent_task_metadata", {
    task_id: task.taskId,
    ...(task.userId === null ? {} : { user_id: task.userId }),
    ...(task.targetRepository === null ? {} : { target_repo: task.targetRepository }),
    instruction: task.instruction,
    ...task.signed,
  });
  if (comment.length > LONGEST_BODY) {
    throw new TaskFailure(
      "too-large",
      `\`instruction\`: it does not fit into an issue (${LONGEST_BODY} characters).`,
    );
  }
  const shown = `${comment}\n\n${describe(task)}`;
  return shown.length > LONGEST_BODY ? comment : shown;
}

/** For people: the comment alone is invisible. Nothing of the quotation acts, or is read as a field. */
function describe({ taskId, targetRepository, instruction }: UnfiledTask): string {
  const target = targetRepository === null ? [] : [`- **Target Repository**: ${quote(targetRepository)}`];
  return [`- **Task ID**: ${quote(taskId)}`, ...target, "", quoteText(instruction), ""].join("\n");
}
