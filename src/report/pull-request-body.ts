import { fence } from "../fences.ts";
import { harmlessMarkdown, harmlessText, inlineCode, quoteText } from "../harmless.ts";
import { fixesLine, metadataComment } from "../naming.ts";
import type { DiffStat, Run, StepResult, Task, Usage } from "../task.ts";
import { bytesOf, fitText, LONGEST_BODY } from "./fit.ts";
import { blocks, noteList, runLine, section, table, threadLink } from "./markdown.ts";

const STAT_ROOM = 8000;

export interface PullRequestBody {
  task: Task;
  result: StepResult;
  stat: DiffStat | null;
  /** What a reviewer must know (Markdown, may hold text from outside). */
  notes: string[];
  run: Run;
}

/**
 * The pull request's body, at most 65,536 bytes: the metadata comment first, then the line that closes the issue. Where
 * it would be longer, the instruction is cut, then the summary; both say so.
 */
export function renderPullRequestBody(parts: PullRequestBody): string {
  const { task, result } = parts;
  const assemble = (summary: string, instruction: string) =>
    blocks(head(task), summary, middle(parts), instruction, foot(parts));
  const renderInstruction = (part: string, isCut: boolean) => instructionSection(task, part, isCut);
  const roomBeside = (...given: [string, string]) => LONGEST_BODY - bytesOf(assemble(...given));

  // Stand-ins of one character count what stands between the blocks.
  const shortest = renderInstruction("", true);
  const summary = fitText(result.summary ?? "", roomBeside("-", shortest), summaryOf);
  const instruction = fitText(task.instruction, roomBeside(summary, "-"), renderInstruction);
  return assemble(summary, instruction);
}

function head(task: Task): string {
  const { pullRequest } = task.target;
  return blocks(
    metadataComment(task),
    fixesLine(task),
    pullRequest === null ? null : `Builds on #${pullRequest}.`,
  );
}

function summaryOf(part: string, isCut: boolean): string {
  return blocks(
    harmlessMarkdown(part, { maxLength: Number.POSITIVE_INFINITY }),
    isCut ? "_The summary was too long and is cut here._" : null,
  );
}

function middle({ stat, notes, result }: PullRequestBody): string {
  return blocks(
    section("Changes", stat && renderStat(stat)),
    section("Notes", noteList(notes)),
    section("Usage", result.usage ? renderUsage(result.usage) : null),
  );
}

/** The diff stat, whose file names come from outside. */
export function renderStat({ text }: DiffStat): string {
  return fitText(text, STAT_ROOM, (part, isCut) => fence(harmlessText(isCut ? `${part}\n…` : part), "text"));
}

function renderUsage({ model, input_tokens, output_tokens, cost_usd, turns }: Usage): string | null {
  const cells: [string, string | null][] = [
    ["Model", model ? inlineCode(model) : null],
    ["Input tokens", count(input_tokens)],
    ["Output tokens", count(output_tokens)],
    ["Cost", cost_usd === undefined ? null : `$${cost_usd.toFixed(2)}`],
    ["Turns", count(turns)],
  ];
  const given = cells.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return given.length === 0
    ? null
    : table(
        given.map(([name]) => name),
        [given.map(([, value]) => value)],
      );
}

function count(value: number | undefined): string | null {
  return value?.toLocaleString("en-US") ?? null;
}

function instructionSection({ issue }: Task, part: string, isCut: boolean): string {
  const rest = isCut
    ? `_The instruction was too long and is cut here; ${threadLink(issue.repository, issue)} has all of it._`
    : null;
  return blocks("### Instruction", quoteText(part), rest);
}

function foot({ task, run }: PullRequestBody): string {
  const issue = threadLink(task.issue.repository, task.issue);
  return `---\n🤖 Task ${inlineCode(task.taskId)} of ${issue} · ${runLine(run, task.attempt)}`;
}
