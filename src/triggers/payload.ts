import { z } from "zod";
import { TaskFailure } from "../failure.ts";
import type { Actor, Issue, RepositoryName } from "../task.ts";

// The parts of GitHub's webhook payloads that the triggers read; everything else is ignored.

export const actorShape = z.object({
  login: z.string().min(1),
  type: z.enum(["User", "Bot", "Organization"]).catch("User"),
});

const repositoryShape = z.object({ full_name: z.string().regex(/^[^/\s]+\/[^/\s]+$/) });

/** GitHub's API lists the labels of an issue as objects or, by its description, as bare names. */
export const labelShape = z.union([
  z.object({ name: z.string() }),
  z.string().transform((name) => ({ name })),
]);

/** GitHub's issue, wherever it stands; a payload is forgiven what it leaves out. */
export const issueShape = z.object({
  number: z.number().int().positive(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  user: actorShape.nullish(),
  labels: z.array(labelShape).catch([]),
  state: z.enum(["open", "closed"]).catch("open"),
  pull_request: z.unknown().optional(),
  comments: z.number().int().nonnegative().catch(0),
  updated_at: z.string(),
});

/** An issue's number as a person or a backend may send it: a number, or its digits; empty means none. */
export const issueNumberShape = z
  .union(
    [
      z.number().int().positive(),
      z
        .string()
        .trim()
        .regex(/^[1-9]\d{0,8}$/)
        .transform(Number),
      z.literal("").transform(() => undefined),
    ],
    { error: "it takes the number of an issue, such as 12" },
  )
  .nullish();

export const eventShape = z.object({ repository: repositoryShape, sender: actorShape });

/** Whom GitHub shows in place of an account that was deleted. */
export const GHOST: Actor = { login: "ghost", type: "User" };

export function toIssue(repository: RepositoryName, issue: z.output<typeof issueShape>): Issue {
  return {
    repository,
    number: issue.number,
    url: issue.html_url,
    title: issue.title,
    body: issue.body ?? "",
    author: issue.user ?? GHOST,
    labels: issue.labels.map((label) => label.name),
    state: issue.state,
    isPullRequest: issue.pull_request != null,
    commentCount: issue.comments,
    updatedAt: issue.updated_at,
  };
}

/** Parses a payload; throws `invalid-event` naming the event and the field. */
export function readPayload<T>(event: string, shape: z.ZodType<T>, payload: unknown): T {
  const parsed = shape.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const field = first?.path.map(String).join(".") || "(the whole payload)";
  throw new TaskFailure(
    "invalid-event",
    `The payload of the event \`${event}\` does not fit at \`${field}\`: ${first?.message ?? "unknown reason"}.`,
  );
}

export function hasLabel(labels: string[], wanted: string): boolean {
  return labels.some((label) => label.toLowerCase() === wanted.toLowerCase());
}
