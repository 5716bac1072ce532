import { asFailure, type TaskFailure } from "../../failure.ts";
import type { Ports } from "../../ports.ts";
import type { FailureCode, Issue, RepositoryName } from "../../task.ts";
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
  /** Sweeps until the signal is aborted; more rarely while nothing happens or the rate limit runs low. `polled` is told how each sweep went. */
  watch(stop: AbortSignal, polled: (failure: FailureCode | null) => void): Promise<void>;
  /** Judges that issue anew in the first sweep after this time, though it may not have changed. */
  recheck(id: string, milliseconds: number): void;
}

/** Issues that are judged together: each takes two or three calls. */
const AT_ONCE = 8;

/** Where the interval is 0: how often it is asked whether a recheck is due, and how soon a poll that failed is made up for. */
const ONLY_RECHECKS_MS = 1000;
const FIRST_POLL_MS = 5000;

interface Watched {
  issue: Issue;
  /** `updatedAt` of the issue when it was judged last. */
  judged: string | null;
}

/** Finds pending tasks at GitHub, by listing the labelled issues again and again. GitHub's state alone decides. */
export function createPoller(needs: PollerNeeds, options: PollerOptions): Poller {
  const watched = new Map<string, Watched>();
  /** Job id → when, on this machine's clock. */
  const rechecks = new Map<string, number>();
  const { clock } = needs;
  let quietSweeps = 0;

  const read = async (repository: RepositoryName) => {
    const issues = await needs.feed.readChanges(repository, options.settings.triggerLabel);
    if (!issues) return false;
    const seen = new Map(issues.map((issue) => [keyOf(issue), issue]));
    for (const [id, { issue }] of watched) {
      if (issue.repository !== repository || seen.has(id)) continue;
      watched.delete(id);
      rechecks.delete(id);
    }
    for (const [id, issue] of seen) {
      watched.set(id, { judged: null, ...watched.get(id), issue });
    }
    return true;
  };
  const isRecheckDue = (id: string) => (rechecks.get(id) ?? Infinity) <= clock.now().getTime();
  const isDue = ([id, { issue, judged }]: [string, Watched]) =>
    !needs.isBusy(id) && (judged !== issue.updatedAt || isRecheckDue(id));
  const judge = async ([id, entry]: [string, Watched]) => {
    const job = await judgeIssue(needs, options, entry.issue);
    entry.judged = entry.issue.updatedAt;
    rechecks.delete(id);
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
    rechecks.set(id, clock.now().getTime() + milliseconds);
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
    async watch(stop, polled) {
      while (!stop.aborted) {
        let failure: TaskFailure | null = null;
        try {
          quietSweeps = (await sweep()) ? 0 : quietSweeps + 1;
        } catch (thrown) {
          failure = asFailure(thrown);
          needs.log.warning(`Polling failed, and goes on later: ${failure.message}`);
        }
        polled(failure?.code ?? null);
        if (options.intervalMs === 0 && !failure) {
          while (!stop.aborted && ![...rechecks.keys()].some(isRecheckDue))
            await clock.pause(ONLY_RECHECKS_MS, stop);
        } else {
          const intervalMs = options.intervalMs || FIRST_POLL_MS;
          const state = {
            intervalMs,
            quietSweeps,
            failed: failure !== null,
            limit: needs.rateLimit(),
            now: clock.now().getTime(),
          };
          await clock.pause(intervalFor(state), stop);
        }
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
