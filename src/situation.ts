import { z } from "zod";
import { readMarker } from "./naming.ts";
import type { Comment, Ports } from "./ports.ts";
import type { Actor, Dispatch, Issue, Run } from "./task.ts";

/** A result that this project left on the issue. */
export interface PastResult {
  commentId: number;
  outcome: string;
  failureCode: string | null;
  attempt: number;
  runUrl: string;
  /** ISO 8601, GitHub's clock. */
  createdAt: string;
}

/** What earlier runs left on the dispatch issue for one task. Local files decide nothing. */
export interface Situation {
  statusCommentId: number | null;
  /** Oldest first. */
  results: PastResult[];
  /** How many comments the issue had, from anybody. */
  commentCount: number;
}

const taskShape = z.object({ task_id: z.string().nullable() });
const resultShape = taskShape.extend({
  outcome: z.string(),
  failure_code: z.string().nullable().catch(null),
  attempt: z.number().int().positive().catch(1),
  run_url: z.string().catch(""),
});

/** The results of tries of the task: that somebody was denied, who may be anybody, says nothing of the task. */
export function triesAmong(results: PastResult[]): PastResult[] {
  return results.filter(({ outcome }) => outcome !== "denied");
}

/** Which try of the task comes after these results, from 1. */
export function nextAttempt(results: PastResult[]): number {
  return triesAmong(results).length + 1;
}

/** Reads the issue's comments; `taskId` is `null` where the issue does not parse. Only comments of our own count. */
export async function readSituation(
  { dispatch }: Pick<Ports, "dispatch">,
  issue: Pick<Issue, "repository" | "number">,
  taskId: string | null,
): Promise<Situation> {
  const comments = await dispatch.comments(issue.repository, issue.number);
  const marked = comments.filter(({ body }) => isMarked(body));
  const ours = marked.length > 0 ? await writtenByUs(dispatch, marked) : [];
  const status = ours.find(({ body }) => {
    const marker = taskShape.safeParse(readMarker(body, "agent_runner_status"));
    return marker.success && marker.data.task_id === taskId;
  });
  return {
    statusCommentId: status?.id ?? null,
    results: ours.flatMap((comment) => readResult(comment, taskId)),
    commentCount: comments.length,
  };
}

/** Whether a comment looks like one of ours; anybody can make one look so. */
export function isMarked(body: string): boolean {
  return body.includes("<!-- agent_runner_status") || body.includes("<!-- agent_task_result");
}

function readResult({ id, body, createdAt }: Comment, taskId: string | null): PastResult[] {
  const marker = resultShape.safeParse(readMarker(body, "agent_task_result"));
  if (!marker.success || marker.data.task_id !== taskId) return [];
  const { outcome, failure_code: failureCode, attempt, run_url: runUrl } = marker.data;
  return [{ commentId: id, outcome, failureCode, attempt, runUrl, createdAt }];
}

/** Anybody can write a marker into a comment; only the account that this run writes with is believed. */
async function writtenByUs(dispatch: Ports["dispatch"], comments: Comment[]): Promise<Comment[]> {
  const viewer = await dispatch.viewer();
  return comments.filter((comment) => (viewer ? isSame(comment.author, viewer) : mayBeUs(comment)));
}

function isSame(author: Actor, viewer: Actor): boolean {
  return author.login.toLowerCase() === viewer.login.toLowerCase();
}

/** GitHub may not tell an app who it is: then apps' comments count, never a person's. */
function mayBeUs({ author, viaApp }: Comment): boolean {
  return author.type === "Bot" && (viaApp || author.login === "github-actions[bot]");
}

/**
 * Whether the event asks for the task once more: it happened after the task's last result, or the run is a re-run.
 * Where the event does not say when it happened, its workflow run does.
 */
export async function isNewRequest(
  { dispatch: github }: Pick<Ports, "dispatch">,
  dispatch: Dispatch,
  run: Run,
  results: PastResult[],
): Promise<boolean> {
  const last = triesAmong(results).at(-1);
  if (!last || run.attempt > 1) return true;
  // Comments are numbered in their order; times tell only seconds.
  if (dispatch.commentId !== null) return dispatch.commentId > last.commentId;
  const happenedAt = dispatch.happenedAt ?? (await runCreatedAt(github, run));
  return happenedAt === null || Date.parse(happenedAt) > Date.parse(last.createdAt);
}

async function runCreatedAt(github: Ports["dispatch"], run: Run): Promise<string | null> {
  if (!run.repository || !/^\d+$/.test(run.id)) return null;
  // Needs `actions: read`, which the job may lack: then a dispatch by hand counts as asked for now.
  const found = await github.workflowRun(run.repository, Number(run.id)).catch(() => null);
  return found?.createdAt ?? null;
}
