import { asFailure } from "../../failure.ts";
import type { Ports } from "../../ports.ts";
import type { Issue, RepositoryName } from "../../task.ts";
import { type JudgeOptions, judgeIssue } from "../judge.ts";
import type { IssueFeed, RateLimit } from "../ports.ts";
import { compareJobs, comparePriorities, type Job, jobId, priorityOf, type Queue } from "../queue/queue.ts";
import { intervalFor } from "./interval.ts";

export interface PollerNeeds extends Pick<Ports, "dispatch" | "clock" | "log"> {
  feed: IssueFeed;
  queue: Pick<Queue, "add">;
  /** Whether that job runs here now: it is judged when it is over. */
  isBusy(id: string): boolean;
  /** What is left of the rate limit; `null` before the first answer. */
  rateLimit(): RateLimit | null;
}

export interface PollerOptions extends JudgeOptions {
  repositories: RepositoryName[];
  intervalMs: number;
}

export interface Poller {
  /** Looks once at every repository and gives what is pending, in its order; queues nothing. */
  find(): Promise<Job[]>;
  /** Looks once and queues what is pending; gives whether anything had changed. */
  sweep(): Promise<boolean>;
  /** Sweeps until the signal is aborted; more rarely while nothing happens or the rate limit runs low. */
  watch(stop: AbortSignal): Promise<void>;
  /** Judges that issue anew in the first sweep after this time, though it may not have changed. */
  recheck(id: string, milliseconds: number): void;
}

/** Issues that are judged together: each takes two or three calls. */
const AT_ONCE = 8;

interface Watched {
  issue: Issue;
  /** `updatedAt` of the issue when it was judged last. */
  judged: string | null;
  recheckAt: number | null;
}

/** Finds pending tasks at GitHub, by listing the labelled issues again and again. GitHub's state alone decides. */
export function createPoller(needs: PollerNeeds, options: PollerOptions): Poller {
  const watched = new Map<string, Watched>();
  let quietSweeps = 0;

  const read = async (repository: RepositoryName) => {
    const issues = await needs.feed.readChanges(repository, options.settings.triggerLabel);
    if (!issues) return false;
    const seen = new Map(issues.map((issue) => [keyOf(issue), issue]));
    for (const [id, { issue }] of watched) {
      if (issue.repository === repository && !seen.has(id)) watched.delete(id);
    }
    for (const [id, issue] of seen) {
      watched.set(id, { judged: null, recheckAt: null, ...watched.get(id), issue });
    }
    return true;
  };
  const isDue = ([id, { issue, judged, recheckAt }]: [string, Watched]) => {
    if (needs.isBusy(id)) return false;
    return judged !== issue.updatedAt || (recheckAt !== null && recheckAt <= needs.clock.now().getTime());
  };
  const judge = async ([, entry]: [string, Watched]) => {
    const job = await judgeIssue(needs, options, entry.issue);
    Object.assign(entry, { judged: entry.issue.updatedAt, recheckAt: null });
    return job;
  };
  /** Hands each pending task on as soon as it is known, the most urgent ones first; gives whether anything had changed. */
  const look = async (take: (job: Job) => Promise<unknown>) => {
    const changed = await Promise.all(options.repositories.map(read));
    const due = [...watched].filter(isDue).sort(([, a], [, b]) => compareIssues(a.issue, b.issue));
    for (let first = 0; first < due.length; first += AT_ONCE) {
      const jobs = await Promise.all(due.slice(first, first + AT_ONCE).map(judge));
      for (const job of jobs) if (job) await take(job);
    }
    return changed.includes(true);
  };
  const recheck = (id: string, milliseconds: number) => {
    const entry = watched.get(id);
    if (entry) entry.recheckAt = needs.clock.now().getTime() + milliseconds;
  };
  const queue = async (job: Job) => {
    try {
      if (await needs.queue.add(job)) needs.log.info(`${job.id} is pending (priority ${job.priority}).`);
    } catch (thrown) {
      recheck(job.id, 0);
      throw thrown;
    }
  };
  const sweep = () => look(queue);

  return {
    async find() {
      const jobs: Job[] = [];
      await look(async (job) => jobs.push(job));
      return jobs.sort(compareJobs);
    },
    sweep,
    async watch(stop) {
      while (!stop.aborted) {
        let failed = false;
        try {
          quietSweeps = (await sweep()) ? 0 : quietSweeps + 1;
        } catch (thrown) {
          failed = true;
          needs.log.warning(`Polling failed, and goes on later: ${asFailure(thrown).message}`);
        }
        const { intervalMs } = options;
        const now = needs.clock.now().getTime();
        const limit = needs.rateLimit();
        await needs.clock.pause(intervalFor({ intervalMs, quietSweeps, failed, limit, now }), stop);
      }
    },
    recheck,
  };
}

function keyOf({ repository, number }: Issue): string {
  return jobId({ repository, issueNumber: number });
}

function compareIssues(a: Issue, b: Issue): number {
  return comparePriorities(priorityOf(a.labels), priorityOf(b.labels)) || a.number - b.number;
}
