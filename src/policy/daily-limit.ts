import type { Decision } from "../authorise.ts";
import type { Settings } from "../inputs.ts";
import type { Ports } from "../ports.ts";
import type { Dispatch } from "../task.ts";
import { isRunCommand } from "../triggers/issue-comment.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** One wish that a task be run: the label was set, or `/agent …` was commented. */
interface Request {
  /** Milliseconds since 1970, GitHub's clock. */
  at: number;
  issueNumber: number;
}

/**
 * Whether the sender has asked for fewer than `limit` tasks in the 24 hours before this request, by what GitHub
 * remembers: labels that were set and commands, also those that were denied. Runs by hand leave no trace and do not count.
 */
export async function checkDailyLimit(
  { dispatch: github }: Pick<Ports, "dispatch">,
  limit: number,
  dispatch: Dispatch,
  { triggerLabel }: Pick<Settings, "triggerLabel">,
): Promise<Decision> {
  const { repository, sender } = dispatch;
  const now = github.now().getTime();
  const since = new Date(now - DAY_MS).toISOString();
  const [labellings, comments] = await Promise.all([
    github.labellingsSince(repository, triggerLabel, since),
    github.commentsSince(repository, since),
  ]);
  const commands = comments
    .filter(({ body }) => isRunCommand(body))
    .map(({ author, createdAt, issueNumber }) => ({ actor: author, at: createdAt, issueNumber }));
  const requests = [...labellings, ...commands]
    .filter(({ actor }) => actor.login.toLowerCase() === sender.login.toLowerCase())
    .map(({ at, issueNumber }): Request => ({ at: Date.parse(at), issueNumber }))
    .filter(({ at }) => at > now - DAY_MS)
    .sort(inOrder);
  const earlier = requestsBefore(ownRequest(requests, dispatch, now), requests);
  const first = earlier.at(-limit);
  if (earlier.length < limit || !first) return { allowed: true };
  const end = new Date(first.at + DAY_MS).toISOString();
  return {
    allowed: false,
    reason: `\`${sender.login}\` has asked for ${earlier.length} tasks within 24 hours, and the policy allows ${limit} (\`tasks-per-day\`); the next one may start at ${end}`,
  };
}

/** The last one on the issue; it is now where GitHub does not list it yet, or never will (a run by hand). */
function ownRequest(requests: Request[], { issueNumber }: Dispatch, now: number): Request {
  return requests.findLast((request) => request.issueNumber === issueNumber) ?? { at: now, issueNumber };
}

/** Of requests in the same second the lower issue comes first, so that each run counts the same. */
function requestsBefore(own: Request, requests: Request[]): Request[] {
  return requests.filter((request) => inOrder(request, own) < 0);
}

function inOrder(one: Request, other: Request): number {
  return one.at - other.at || one.issueNumber - other.issueNumber;
}
