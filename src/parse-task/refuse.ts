import { TaskFailure } from "../failure.ts";

/**
 * The failure of a task that the contract refuses: names the field, what is wrong with it and, where it helps,
 * the line of the body (from 1).
 */
export function refuse(field: string, problem: string, line?: number): TaskFailure {
  const where = line === undefined ? "" : ` (line ${line} of the issue)`;
  return new TaskFailure("invalid-task", `\`${field}\`${where}: ${problem}`);
}

/** Shows a piece of outside text in our Markdown so that it can act on nothing: one short code span, odd characters dotted out. */
export function quote(text: string): string {
  const shown = [...text.slice(0, 120)].slice(0, 60).join("");
  const cut = shown.length < text.length ? "…" : "";
  return `\`${shown.replace(/[^\p{L}\p{N} ._:/#+'"(){}[\],-]/gu, "·")}${cut}\``;
}
