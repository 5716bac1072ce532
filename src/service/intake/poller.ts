import { asFailure, type TaskFailure } from "../../failure.ts";
import type { Ports } from "../../ports.ts";
import type { FailureCode, RepositoryName } from "../../task.ts";
import { type JudgeOptions, judgeIssue } from "../judge.ts";
import type { IssueFeed, RateLimit } from "../ports.ts";
import { compareJobs, type Job, type Queue } from "../queue/queue.ts";
import { untilStopped } from "../until-stopped.ts";
import { intervalFor } from "./interval.ts";
import { createWatchList, type Watched } from "./watch-list.ts";

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

/** What one look at all repositories came to. */
export interface Sweep {
  /** Whether the issues of any repository had changed. */
  changed: boolean;
  /** What could not be read; the rest was served. */
  failures: TaskFailure[];
  /** Whether no repository could be read. */
  isOut: boolean;
}

export interface Poller {
  /** Looks once at every repository and gives what is pending, in its order; queues nothing. Throws where it could not read all. */
  find(): Promise<Job[]>;
  /** Looks once and queues what is pending. */
  sweep(): Promise<Sweep>;
  /** Sweeps until the signal is aborted; more rarely while nothing happens or the rate limit runs low. `polled` is told how each sweep went. */
  watch(stop: AbortSignal, polled: (failure: FailureCode | null) => void): Promise<void>;
  /** Judges that issue anew in the first sweep after this time, though it may not have changed. */
  recheck(id: string, milliseconds: number): void;
}

/** Issues that are judged together: each takes two or three calls. */
const AT_ONCE = 8;
/** An issue that could not be judged must neither keep the others waiting nor use the rate limit up. */
const UNJUDGED_MS = 60_000;

/** Where the interval is 0: how often it is asked whether a recheck is due, and how soon a poll that failed is made up for. */
const ONLY_RECHECKS_MS = 1000;
const FIRST_POLL_MS = 5000;

type Take = (job: Job) => Promise<unknown>;

/** Finds pending tasks at GitHub, by listing the labelled issues again and again. GitHub's state alone decides. */
export function createPoller(needs: PollerNeeds, options: PollerOptions): Poller {
  const { clock, log } = needs;
  const list = createWatchList(clock);

  /** Gives whether anything had changed. */
  const read = async (repository: RepositoryName): Promise<boolean | TaskFailure> => {
    try {
      const issues = await needs.feed.readChanges(repository, options.settings.triggerLabel);
      if (issues) list.replace(repository, issues);
      return issues !== null;
    } catch (thrown) {
      return asFailure(thrown);
    }
  };
  const judge = async (entry: Watched): Promise<Job | TaskFailure | null> => {
    list.setJudged(entry);
    try {
      return await judgeIssue(needs, options, entry.issue);
    } catch (thrown) {
      list.recheck(entry.id, UNJUDGED_MS);
      return asFailure(thrown);
    }
  };
  /** Hands each pending task on as soon as it is known, the most urgent ones first. */
  const look = async (take: Take, stop?: AbortSignal): Promise<Sweep> => {
    const found = await Promise.all(options.repositories.map(read));
    const failures = found.filter((each) => typeof each !== "boolean");
    const sweep = { changed: found.includes(true), failures, isOut: failures.length === found.length };
    const handOn = (job: Job) =>
      take(job).catch((thrown: unknown) => {
        list.recheck(job.id, 0);
        failures.push(asFailure(thrown));
      });
    const due = list.due().filter(({ id }) => !needs.isBusy(id));
    for (let first = 0; first < due.length && !stop?.aborted; first += AT_ONCE) {
      const judged = await Promise.all(due.slice(first, first + AT_ONCE).map(judge));
      const failed = judged.filter((each) => each instanceof Error);
      failures.push(...failed);
      for (const job of judged) if (job && !(job instanceof Error)) await handOn(job);
      // Not the issues are the reason, then, and the others would fare no better.
      if (failed.length === judged.length) break;
    }
    return sweep;
  };
  const queue: Take = async (job) => {
    if (await needs.queue.add(job)) log.info(`${job.id} is pending (priority ${job.priority}).`);
  };

  return {
    async find() {
      const jobs: Job[] = [];
      const { failures } = await look(async (job) => jobs.push(job));
      if (failures[0]) throw failures[0];
      return jobs.sort(compareJobs);
    },
    sweep: () => look(queue),
    async watch(stop, polled) {
      let quietSweeps = 0;
      while (!stop.aborted) {
        const sweep = await untilStopped(stop, look(queue, stop));
        if (!sweep) return;
        const { changed, failures, isOut } = sweep;
        quietSweeps = changed ? 0 : quietSweeps + 1;
        for (const { message } of failures) log.warning(`Polling failed, and goes on later: ${message}`);
        polled(failures[0]?.code ?? null);
        if (options.intervalMs === 0 && failures.length === 0) {
          while (!stop.aborted && !list.isRecheckDue(needs.isBusy)) await clock.pause(ONLY_RECHECKS_MS, stop);
        } else {
          const intervalMs = options.intervalMs || FIRST_POLL_MS;
          const limit = needs.rateLimit();
          const state = { intervalMs, quietSweeps, failed: isOut, limit, now: clock.now().getTime() };
          await clock.pause(intervalFor(state), stop);
        }
      }
    },
    recheck: list.recheck,
  };
}
