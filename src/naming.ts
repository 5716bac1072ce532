/** How a task is found again: its branch, its markers, its trailers. All of the correlation in one room. */
import { createHash } from "node:crypto";
import { cutText, harmlessLine, harmlessText } from "./harmless.ts";
import type { ComparedCommit, Identity } from "./ports.ts";
import type { TaskResult } from "./report/task-result.ts";
import type { Issue, StepResult, Task } from "./task.ts";

const LONGEST_TITLE = 256;
const LONGEST_SUBJECT = 72;
const LONGEST_MESSAGE = 10_000;

/** The hidden comments of this project, and where in a text each one stands, alone on its line. */
const MARKERS = {
  agent_task_metadata: "first line",
  agent_runner_status: "last line",
  agent_task_result: "last line",
} as const;
export type MarkerName = keyof typeof MARKERS;

/**
 * The task's own branch: the same for the same task, another one for a task id that only begins alike. `input` is the workflow's own
 * name for it, in which `{task-id}` and `{issue}` are filled, what a branch's name cannot hold as `-`.
 */
export function branchFor(
  issue: Pick<Issue, "repository" | "number">,
  taskId: string,
  input: string | null = null,
): string {
  if (input !== null) return fillBranch(input, issue, taskId);
  const hash = createHash("sha256").update(`${issue.repository.toLowerCase()}\n${taskId}`).digest("hex");
  return `agent-task-${issue.number}-${hash.slice(0, 8)}`;
}

function fillBranch(input: string, { number }: Pick<Issue, "number">, taskId: string): string {
  const part = taskId.replace(/[^A-Za-z0-9._-]|\.(?=\.|$)/g, "-").replace(/^[-.]/, "_");
  const values: Record<string, string> = { "{task-id}": part, "{issue}": String(number) };
  const name = input.replace(/\{(?:task-id|issue)\}/g, (placeholder) => values[placeholder] ?? placeholder);
  return name.replace(/\.lock(?=\/|$)/g, "-lock");
}

/** What a backend reads in a pull request; must be the first thing in its body. */
export function metadataComment({ taskId }: Pick<Task, "taskId">): string {
  return marker("agent_task_metadata", { task_id: taskId });
}

/** By which the status comment of a task is found again; must be the last thing in it. */
export function statusMarker(taskId: string | null): string {
  return marker("agent_runner_status", { task_id: taskId });
}

/** By which a machine learns of an ending; must be the last thing in the result comment. */
export function resultMarker(result: TaskResult): string {
  return marker("agent_task_result", { ...result });
}

/** The JSON of a marker that stands where this project writes it, `null` where there is none. The author is not checked. */
export function readMarker(body: string, name: MarkerName): Record<string, unknown> | null {
  const lines = body.trim().split("\n");
  const line = (MARKERS[name] === "first line" ? lines.at(0) : lines.at(-1))?.trim() ?? "";
  const [start, end] = [`<!-- ${name} `, " -->"];
  if (!line.startsWith(start) || !line.endsWith(end)) return null;
  return parseObject(line.slice(start.length, -end.length));
}

/** The last paragraph of each commit's message. */
export function commitTrailers({ taskId, issue }: Pick<Task, "taskId" | "issue">): string[] {
  return [`Agent-Task-Id: ${taskId}`, `Agent-Dispatch-Issue: ${issue.repository}#${issue.number}`];
}

/** An App's account as the author of a commit; a person's login holds no brackets. */
const BOT_EMAIL = /^\d+\+[^@\s]+\[bot\]@users\.noreply\./;

/**
 * Whether this project made the commit for this task: it carries the task's trailers, and nobody has rewritten it since. What a
 * person edits on GitHub's pages is committed and signed by GitHub too, but its author is the person.
 */
export function isOurCommit(
  { message, committer, signedFor }: ComparedCommit,
  task: Pick<Task, "taskId" | "issue">,
  ours: Identity,
): boolean {
  const last =
    message
      .trimEnd()
      .split(/\n{2,}/)
      .at(-1)
      ?.split("\n") ?? [];
  const byUs = signedFor
    ? BOT_EMAIL.test(signedFor.email)
    : committer.email.toLowerCase() === ours.email.toLowerCase();
  return byUs && commitTrailers(task).every((trailer) => last.includes(trailer));
}

/** What a name or message is made of; `input` is the workflow's own wording, in which `{title}`, `{task-id}` and `{issue}` are filled. */
export interface Wording {
  task: Pick<Task, "taskId" | "title" | "issue">;
  result: StepResult;
  input: string | null;
}

/** Subject of at most 72 characters, body, and the trailers as a paragraph of their own: no text from outside gets into it. */
export function commitMessage({ task, result, input }: Wording): string {
  const text = input
    ? fill(input, task, result)
    : harmlessText(result.commit_message ?? titleOf(task, result));
  const [subject = "", ...rest] = text.trim().split("\n");
  const short = cutText(subject.trim() || fallbackTitle(task), LONGEST_SUBJECT);
  // A subject that was cut is told in full.
  const body = [...(subject.length > LONGEST_SUBJECT ? [subject, ""] : []), ...rest].join("\n").trim();
  return `${[short, cutText(body, LONGEST_MESSAGE), commitTrailers(task).join("\n")].filter(Boolean).join("\n\n")}\n`;
}

/** One line of at most 256 characters. */
export function pullRequestTitle({ task, result, input }: Wording): string {
  const title = input ? fill(input, task, result).replace(/\s+/gu, " ").trim() : titleOf(task, result);
  return cutText(title || fallbackTitle(task), LONGEST_TITLE);
}

/** Closes the dispatch issue with the pull request; a backend reads it where both are in one repository. */
export function fixesLine({ issue, target }: Pick<Task, "issue" | "target">): string {
  const here = issue.repository.toLowerCase() === target.repository.toLowerCase();
  return `Fixes ${here ? "" : issue.repository}#${issue.number}`;
}

/** The workflow's words are its owner's and stay as they are; only what is filled in comes from outside. */
function fill(input: string, task: Wording["task"], result: StepResult): string {
  const values: Record<string, string> = {
    "{title}": titleOf(task, result),
    "{task-id}": task.taskId,
    "{issue}": `${task.issue.repository}#${task.issue.number}`,
  };
  return input.replace(/\{(?:title|task-id|issue)\}/g, (name) => values[name] ?? name);
}

function titleOf({ title }: Wording["task"], result: StepResult): string {
  return harmlessLine(result.title || title, LONGEST_TITLE);
}

function fallbackTitle({ taskId }: Wording["task"]): string {
  return cutText(`Task ${taskId}`, LONGEST_SUBJECT);
}

/** A hidden comment with JSON in it, in which nothing can end the comment, begin another one, or refer to anything. */
export function marker(name: MarkerName, fields: Record<string, unknown>): string {
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const json = `{${pairs.join(", ")}}`.replace(/[<>#@]|--/g, escapeForJson);
  return `<!-- ${name} ${json} -->`;
}

function escapeForJson(text: string): string {
  return [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

function parseObject(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
