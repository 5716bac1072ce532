import { TaskFailure } from "../failure.ts";
import { cutText, inlineCode } from "../harmless.ts";

/**
 * The failure of a task that the contract refuses: names the field, what is wrong with it and, where it helps,
 * the line of the body (from 1).
 */
export function refuse(field: string, problem: string, line?: number): TaskFailure {
  const where = line === undefined ? "" : ` (line ${line} of the issue)`;
  return new TaskFailure("invalid-task", `\`${field}\`${where}: ${problem}`);
}

/** The beginning of a piece of the text, for a refusal's words. */
export function quote(text: string): string {
  return inlineCode(cutText(text, 60));
}
