import { TaskFailure } from "../failure.ts";
import type { UnfiledTask } from "../task.ts";
import { renderMetadataComment } from "./metadata.ts";
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
 * Writes the body of a dispatch issue that \`parseTask\` reads back as the same task, its instruction to the letter
 * (lone surrogates and NUL aside). Throws `too-large` where GitHub would not take it.
 */
export function unfiledTaskBody(task: UnfiledTask): string {
  const comment = renderMetadataComment({
    task_id: task.taskId,
    ...(task.userId === null ? {} : { user_id: task.userId }),
    ...(task.targetRepository === null ? {} : { target_repo: task.targetRepository }),
    instruction: task.instruction,
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

/** For people: the comment alone is invisible. The fence keeps all that the instruction holds from acting. */
function describe(task: UnfiledTask): string {
  const target = task.targetRepository;
  const longest = Math.max(2, ...(task.instruction.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return [
    `- **Task ID**: ${quote(task.taskId)}`,
    ...(target === null ? [] : [`- **Target Repository**: ${quote(target)}`]),
    "",
    `${fence}text`,
    task.instruction,
    fence,
    "",
  ].join("\n");
}
