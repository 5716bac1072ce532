import type { z } from "zod";
import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import { FINDINGS, type ReportFindings } from "./report.ts";

/** What a step left in the file that a variable names; as `StepEnd` has it. */
type LeftFile = string | TaskFailure | null;

/** Reads what the command of an investigation left in `AGENT_REPORT_FILE`. Throws `invalid-report` naming the field. */
export function parseFindings(content: LeftFile): ReportFindings {
  if (content === null) throw invalid("The command wrote nothing to `AGENT_REPORT_FILE`.");
  return parseLeftFile("AGENT_REPORT_FILE", content, FINDINGS);
}

/** Reads a file that a step left by its shape; nothing counts as no fields. Throws `invalid-report` naming the field. */
export function parseLeftFile<T>(variable: string, content: LeftFile, shape: z.ZodType<T>): T {
  const name = `\`${variable}\``;
  if (content instanceof TaskFailure) throw invalid(content.detail, content);
  const parsed = shape.safeParse(parseJson(name, content ?? "{}"));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.length ? `Field ${inlineCode(issue.path.map(String).join("."))}` : "The content";
  throw invalid(`${field} of ${name} does not fit: ${issue?.message ?? "unknown reason"}.`);
}

function parseJson(name: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    // Not the parser's own message: it quotes the content.
    throw invalid(`${name} does not hold JSON.`, cause);
  }
}

function invalid(detail: string, cause?: unknown): TaskFailure {
  return new TaskFailure("invalid-report", detail, { cause });
}
