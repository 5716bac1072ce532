import { authoriseSender } from "../authorise.ts";
import { FAILURES } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import { parseTask } from "../parse-task.ts";
import type { Comment, Labelling, Ports } from "../ports.ts";
import { type PastResult, readSituation } from "../situation.ts";
import type { Actor, Dispatch, FailureCode, Issue } from "../task.ts";
import { isRunCommand } from "../triggers/issue-comment.ts";
import { firstJob, type Job } from "./queue/queue.ts";

type Needs = Pick<Ports, "dispatch">;

export interface JudgeOptions {
  settings: Pick<Settings, "triggerLabel" | "requireMetadata" | "allowedActors" | "allowedBots">;
  maxAttempts: number;
  /** What the addresses of the service's own runs begin with. */
  runUrlBase: string;
  /** Whether a wish that has had its result counts all the same, since somebody re-runs its job. */
  again?: boolean;
}

/** One wish that the task be run, as the issue's history tells it. */
interface Request {
  actor: Actor;
  /** ISO 8601, GitHub's clock. */
  at: string;
  commentId: number | null;
}

/** The job that an open, labelled issue stands for; `null` where its last request has had its result. */
export async function judgeIssue(needs: Needs, options: JudgeOptions, issue: Issue): Promise<Job | null> {
  const { settings, again = false } = options;
  const { repository, number } = issue;
  const [labelling, comments] = await Promise.all([
    needs.dispatch.labelledBy(repository, number, settings.triggerLabel),
    needs.dispatch.comments(repository, number),
  ]);
  const dispatch = { ...needs.dispatch, comments: async () => comments };
  const situation = await readSituation({ dispatch }, issue, taskIdOf(issue, settings));
  const requests = requestsOf(issue, labelling, comments);
  const open = requests.filter((request) => again || !isAnswered(situation.results, request));
  const request = await chooseRequest(needs, settings, issue, open);
  if (request) return firstJob(dispatchOf(issue, request), issue, request.at);
  return retryOf(options, issue, requests, situation.results);
}

function requestsOf(issue: Issue, labelling: Labelling | null, comments: Comment[]): Request[] {
  // Where the history does not tell, the label came with the issue, and so from its author.
  const { actor, at } = labelling ?? { actor: issue.author, at: new Date(0).toISOString() };
  const commands = comments.filter(({ body }) => isRunCommand(body));
  return [
    { actor, at, commentId: null },
    ...commands.map(({ author, createdAt, id }) => ({ actor: author, at: createdAt, commentId: id })),
  ];
}

/** Comments are numbered in their order; times tell only seconds. */
function isAnswered(results: PastResult[], { at, commentId }: Request): boolean {
  return results.some((result) =>
    commentId === null ? Date.parse(result.createdAt) >= Date.parse(at) : result.commentId > commentId,
  );
}

/** Somebody who may not start tasks must not hide the wish of somebody who may. */
async function chooseRequest(
  needs: Needs,
  settings: JudgeOptions["settings"],
  issue: Issue,
  requests: Request[],
): Promise<Request | undefined> {
  if (requests.length > 1) {
    for (const request of requests) {
      const { allowed } = await authoriseSender(needs, dispatchOf(issue, request), settings);
      if (allowed) return request;
    }
  }
  return requests[0];
}

/** A task of this service that failed, and may succeed later, was not tried often enough: its service was stopped before. */
function retryOf(
  { maxAttempts, runUrlBase }: JudgeOptions,
  issue: Issue,
  requests: Request[],
  results: PastResult[],
): Job | null {
  const request = requests.at(-1);
  const since = results.filter(({ createdAt }) => Date.parse(createdAt) >= Date.parse(request?.at ?? ""));
  const last = since.at(-1);
  if (!request || !last || !isRetryable(last) || !last.runUrl.startsWith(runUrlBase)) return null;
  if (since.length >= maxAttempts) return null;
  return { ...firstJob(dispatchOf(issue, request), issue, request.at), attempt: since.length + 1 };
}

function isRetryable({ failureCode }: PastResult): boolean {
  return (
    failureCode !== null &&
    Object.hasOwn(FAILURES, failureCode) &&
    FAILURES[failureCode as FailureCode].retryable
  );
}

/** The issue's text is read again when the task runs, as it is then. */
function dispatchOf({ repository, number }: Issue, { actor, at, commentId }: Request): Dispatch {
  return {
    event: "poll",
    repository,
    issueNumber: number,
    sender: actor,
    manual: commentId !== null,
    happenedAt: at,
    issue: null,
    commentId,
  };
}

function taskIdOf(issue: Issue, settings: JudgeOptions["settings"]): string | null {
  try {
    return parseTask(issue, settings).taskId;
  } catch {
    // A text that does not parse still gets a result, which says so.
    return null;
  }
}
