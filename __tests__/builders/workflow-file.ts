import { parse } from "yaml";
import { z } from "zod";

const texts = z.record(z.string(), z.string());
const step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  "continue-on-error": z.boolean().default(false),
  env: texts.default({}),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
const job = z.object({
  if: z.string().optional(),
  needs: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((needs) => [needs].flat()),
  environment: z.string().optional(),
  permissions: texts.optional(),
  outputs: texts.default({}),
  steps: z.array(step).default([]),
});
const workflowShape = z.object({
  on: z.record(z.string(), z.unknown()),
  env: texts.default({}),
  concurrency: z.object({ group: z.string() }).optional(),
  jobs: z.record(z.string(), job),
});
export type JobOfFile = z.output<typeof job>;
export type StepOfFile = z.output<typeof step>;
export type WorkflowFile = z.output<typeof workflowShape>;

/** A workflow as its file says it; what the tests do not look at is left out. */
export function readWorkflowFile(text: string): WorkflowFile {
  return workflowShape.parse(parse(text));
}

/** Folder of one of our own actions, below the root; `null` for actions of others. */
export function ownAction({ uses = "" }: Pick<StepOfFile, "uses">): string | null {
  const [, folder = ""] = /^org\/agent-runner(\/[a-z-]+)?@v1$/.exec(uses) ?? [];
  return uses.startsWith("org/agent-runner") ? folder.slice(1) : null;
}
