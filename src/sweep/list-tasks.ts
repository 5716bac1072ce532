import { authoriseSender, type Decision } from "../authorise.ts";
import { permitSender } from "../policy/permit.ts";
import { readPolicy } from "../policy/policy.ts";
import type { Ports } from "../ports.ts";
import { createPoller } from "../service/intake/poller.ts";
import type { IssueFeed } from "../service/ports.ts";
import type { Job, Priority } from "../service/queue/queue.ts";
import type { Actor, RepositoryName } from "../task.ts";
import { ONCE } from "./find-wish.ts";
import type { ListSettings } from "./inputs.ts";

type Needs = Pick<Ports, "dispatch" | "clock" | "log"> & { feed: IssueFeed };

/** What a sweep is to run, in the order in which the service would. */
export interface Listed {
  /** At most `limit`. */
  tasks: Job[];
  /** How many more are pending. */
  further: number;
  /** Those that would only be denied, and why: nobody who may start them has asked. */
  denied: { job: Job; reason: string }[];
}

/** One job of the sweep's matrix. Nothing here is text that somebody else could choose. */
interface MatrixEntry {
  "issue-number": number;
  priority: Priority;
}

/** Lists the pending tasks of a dispatch repository. Reads only. */
export async function listTasks(
  needs: Needs,
  settings: ListSettings,
  repository: RepositoryName,
): Promise<Listed> {
  const nothingRuns = { queue: { add: async () => false }, isBusy: () => false, rateLimit: () => null };
  const options = { settings, ...ONCE, repositories: [repository], intervalMs: 0 };
  const pending = await createPoller({ ...needs, ...nothingRuns }, options).find();
  const decide = await senderJudge(needs, settings, repository);
  const allowed: Job[] = [];
  const denied: Listed["denied"] = [];
  for (const job of pending) {
    const decision = await decide(job.dispatch.sender);
    if (decision.allowed) allowed.push(job);
    else denied.push({ job, reason: decision.reason });
  }
  const { limit } = settings;
  return { tasks: allowed.slice(0, limit), further: Math.max(0, allowed.length - limit), denied };
}

/** The tasks as GitHub takes a matrix: JSON for `fromJSON` under `strategy.matrix`. */
export function matrixOf({ tasks }: Pick<Listed, "tasks">): string {
  const include = tasks.map(
    ({ dispatch, priority }): MatrixEntry => ({ "issue-number": dispatch.issueNumber, priority }),
  );
  return JSON.stringify({ include });
}

/** Asks once for each sender what a run would ask. */
async function senderJudge(
  { dispatch }: Pick<Needs, "dispatch">,
  settings: ListSettings,
  repository: RepositoryName,
): Promise<(sender: Actor) => Promise<Decision>> {
  const policy = await readPolicy({ dispatch }, settings, repository);
  const known = new Map<string, Decision>();
  return async (sender) => {
    const byPolicy = permitSender(policy, sender, settings);
    if (!byPolicy.allowed) return byPolicy;
    const key = `${sender.type} ${sender.login.toLowerCase()}`;
    const decision =
      known.get(key) ?? (await authoriseSender({ dispatch }, { repository, sender }, settings));
    known.set(key, decision);
    return decision;
  };
}
