import { authoriseSender } from "../authorise.ts";
import { FAILURES } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import { parseTask } from "../parse-task.ts";
import type { Comment, Labelling, Ports } from "../ports.ts";
import { type PastResult, readSituation, triesAmong } from "../situation.ts";
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
  const { heard, strangers } = await sortOut(needs, settings, issue, requestsOf(issue, labelling, comments));
  const isOpen = (request: Request) => again || !isAnswered(situation.results, request, strangers);
  const request = heard.find(isOpen);
  if (request) return firstJob(dispatchOf(issue, request), issue, request.at);
  return retryOf(options, issue, heard, triesAmong(situation.results));
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

/** A denial may be the answer to a stranger's wish, and then says nothing of the others. */
function isAnswered(results: PastResult[], request: Request, strangers: Request[]): boolean {
  return results.some((result) => {
    const isTheirs = result.outcome === "denied" && strangers.some((other) => isAfter(result, other));
    return isAfter(result, request) && !isTheirs;
  });
}

/** Comments are numbered in their order; times tell only seconds. */
function isAfter(result: PastResult, { at, commentId }: Request): boolean {
  return commentId === null ? Date.parse(result.createdAt) >= Date.parse(at) : result.commentId > commentId;
}

/** Somebody who may not start tasks must not hide the wish of somebody who may; where nobody may, all are heard, and denied. */
async function sortOut(
  needs: Needs,
  settings: JudgeOptions["settings"],
  { repository }: Issue,
  requests: Request[],
): Promise<{ heard: Request[]; strangers: Request[] }> {
  const actors = new Map(requests.map(({ actor }) => [actor.login, actor]));
  if (actors.size < 2) return { heard: requests, strangers: [] };
  const may = new Set<string>();
  for (const [login, sender] of actors) {
    if ((await authoriseSender(needs, { repository, sender }, settings)).allowed) may.add(login);
  }
  const heard = requests.filter(({ actor }) => may.has(actor.login));
  if (heard.length === 0) return { heard: requests, strangers: [] };
  return { heard, strangers: requests.filter((request) => !heard.includes(request)) };
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
  const stopped = since.filter(({ outcome }) => outcome === "cancelled").length;
  if (since.length - stopped >= maxAttempts) return null;
  const job = firstJob(dispatchOf(issue, request), issue, request.at);
  return { ...job, attempt: since.length + 1, stopped };
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
