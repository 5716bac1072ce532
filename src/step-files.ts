import { z } from "zod";
import { TaskFailure } from "./failure.ts";
import type { Step } from "./ports.ts";
import type { StepResult, Task } from "./task.ts";

/** What a processing step is told of its task, and where it may answer: the contract's section 5. */
export function stepFiles(task: Task): Pick<Step, "files" | "environment" | "input" | "resultVariable"> {
  return {
    files: {
      AGENT_TASK_FILE: `${JSON.stringify(describeTask(task), null, 2)}\n`,
      AGENT_INSTRUCTION_FILE: task.instruction,
    },
    resultVariable: "AGENT_RESULT_FILE",
    environment: {
      AGENT_TASK_ID: task.taskId,
      AGENT_TARGET_REPOSITORY: task.target.repository,
      AGENT_ISSUE_NUMBER: String(task.issue.number),
      AGENT_ISSUE_URL: task.issue.url,
      AGENT_BASE_REF: task.target.base,
      AGENT_ATTEMPT: String(task.attempt),
    },
    input: task.instruction,
  };
}

function describeTask(task: Task): object {
  const { repository, number, url } = task.issue;
  return {
    task_id: task.taskId,
    user_id: task.userId,
    instruction: task.instruction,
    title: task.title,
    issue: { repository, number, url },
    target: {
      repository: task.target.repository,
      base: task.target.base,
      pull_request: task.target.pullRequest,
    },
    attempt: task.attempt,
    metadata: task.metadata,
  };
}

/** Agents write `null` for what they have nothing to say about. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

/** Text of at most `length` UTF-16 units, cut on a whole code point, without NUL; blank counts as absent. */
const text = (length: number) =>
  optional(z.string()).transform((value) => {
    const whole = value?.toWellFormed().replaceAll("\0", "");
    const cut = whole?.slice(0, length).replace(/[\ud800-\udbff]$/, "");
    return cut?.trim() ? cut : undefined;
  });

const amount = optional(z.number().nonnegative());

const ASSESSMENT = z.object({
  risk_level: optional(z.enum(["low", "medium", "high"])),
  confidence: optional(z.number().min(0).max(1)),
  issues_found: optional(
    z.array(text(2000)).transform((issues) => issues.filter((issue) => issue !== undefined)),
  ),
  analysis: text(30_000),
});

const RESULT = z.object({
  status: optional(z.enum(["changed", "no_change", "needs_input", "failed"])),
  title: text(256),
  summary: text(60_000),
  commit_message: text(10_000),
  question: text(10_000),
  usage: optional(
    z.object({
      model: text(256),
      input_tokens: amount,
      output_tokens: amount,
      cost_usd: amount,
      turns: amount,
    }),
  ),
  assessment: optional(ASSESSMENT),
});

/**
 * Reads what a step left in its result file; nothing is an empty result. Unknown keys are let be, long texts cut.
 * Throws `invalid-result` naming the field; a failure to read the file, handed in, is thrown as it is.
 */
export function parseStepResult(content: string | TaskFailure | null): StepResult {
  if (content === null) return {};
  if (content instanceof TaskFailure) throw content;
  const parsed = RESULT.safeParse(parseJson(content));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.length ? `Field \`${issue.path.join(".")}\`` : "The content";
  throw new TaskFailure(
    "invalid-result",
    `${field} of \`AGENT_RESULT_FILE\` does not fit: ${issue?.message}.`,
  );
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    // Not the parser's own message: it quotes the content.
    throw new TaskFailure("invalid-result", "`AGENT_RESULT_FILE` does not hold JSON.", { cause });
  }
}
