import { z } from "zod";
import { TaskFailure } from "../failure.ts";

/** The jobs of a workflow that investigates, asks and acts, by their ids. */
export const JOB_NAMES = ["investigate", "approve", "act"] as const;
export type JobName = (typeof JOB_NAMES)[number];

const job = z.object({
  result: z.enum(["success", "failure", "cancelled", "skipped"]),
  outputs: z.record(z.string(), z.string()).default({}),
});
const needs = z.object({ investigate: job.optional(), approve: job.optional(), act: job.optional() });

export type JobResult = z.output<typeof job>["result"];

export interface JobEnd {
  /** As GitHub says it; `null` where the workflow has no such job. */
  result: JobResult | null;
  /** The value of an output; `null` where it is empty or missing. */
  output(name: string): string | null;
}

/** Reads what the expression `toJSON(needs)` gives; other jobs than ours are let be. Throws `invalid-input` naming the field, never its value. */
export function readJobs(text: string): Record<JobName, JobEnd> {
  const parsed = needs.safeParse(parseJson(text));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".");
    throw new TaskFailure(
      "invalid-input",
      `${field ? `The field \`${field}\` of the` : "The"} ${DOES_NOT_FIT}`,
    );
  }
  const { investigate, approve, act } = parsed.data;
  return { investigate: asEnd(investigate), approve: asEnd(approve), act: asEnd(act) };
}

const DOES_NOT_FIT = "input `results` does not fit. It takes what the expression `toJSON(needs)` gives.";

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Not the parser's own message: it quotes the content.
    throw new TaskFailure("invalid-input", `The ${DOES_NOT_FIT}`, { cause });
  }
}

function asEnd(found: z.output<typeof job> | undefined): JobEnd {
  const outputs = new Map(Object.entries(found?.outputs ?? {}));
  return { result: found?.result ?? null, output: (name) => outputs.get(name)?.trim() || null };
}
