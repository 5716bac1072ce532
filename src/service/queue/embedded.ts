import type { Clock } from "../../ports.ts";
import { compareJobs, countTries, type Job, type Queue } from "./queue.ts";

const FIRST_PAUSE_MS = 30_000;
/** Timers take no more than 24 days, and a longer one is over at once. */
const LONGEST_PAUSE_MS = 86_400_000;

export interface EmbeddedQueueOptions {
  maxAttempts: number;
  /** Pause before the second try; each further one is twice as long, up to a day. Default half a minute. */
  firstPauseMs?: number;
}

/** A queue in this process's memory. It forgets all with the process: what it held is derived from GitHub again. */
export function createEmbeddedQueue(
  clock: Pick<Clock, "later">,
  { maxAttempts, firstPauseMs = FIRST_PAUSE_MS }: EmbeddedQueueOptions,
): Queue {
  const ready: Job[] = [];
  const paused = new Map<string, { job: Job; timer: { callOff(): void } }>();
  const running = new Set<string>();
  const takers: ((job: Job | null) => void)[] = [];
  let closed = false;

  const hand = () => {
    while (takers.length > 0 && ready.length > 0) {
      const job = ready.shift();
      if (!job) return;
      running.add(job.id);
      takers.shift()?.(job);
    }
  };
  const makeReady = (job: Job) => {
    ready.push(job);
    ready.sort(compareJobs);
    hand();
  };
  const pause = (job: Job, leastMs: number) => {
    const grown = Math.min(firstPauseMs * 2 ** (countTries(job) - 2), LONGEST_PAUSE_MS);
    const timer = clock.later(Math.max(grown, leastMs), () => {
      const { job: newest } = paused.get(job.id) ?? { job };
      paused.delete(job.id);
      makeReady(newest);
    });
    paused.set(job.id, { job, timer });
  };
  /** Takes over who asks by now, and how urgent it is; gives whether the job waits. */
  const bringUpToDate = (job: Job): boolean => {
    const index = ready.findIndex(({ id }) => id === job.id);
    const pausing = paused.get(job.id);
    const old = ready[index] ?? pausing?.job;
    if (!old) return false;
    // A delivery that comes again may be an old one.
    if (Date.parse(job.since) < Date.parse(old.since)) return true;
    const renewed = { ...job, attempt: old.attempt, stopped: old.stopped };
    if (pausing) pausing.job = renewed;
    else {
      ready[index] = renewed;
      ready.sort(compareJobs);
    }
    return true;
  };

  return {
    async add(job) {
      if (closed || running.has(job.id) || bringUpToDate(job)) return false;
      makeReady(job);
      return true;
    },
    take() {
      if (closed) return Promise.resolve(null);
      return new Promise((resolve) => {
        takers.push(resolve);
        hand();
      });
    },
    async putBack(job) {
      running.delete(job.id);
      makeReady(job);
    },
    async done(job) {
      running.delete(job.id);
    },
    async fail(job, leastPauseMs = 0) {
      running.delete(job.id);
      if (countTries(job) >= maxAttempts) return "given-up";
      if (!closed) pause({ ...job, attempt: job.attempt + 1 }, leastPauseMs);
      return "again";
    },
    waiting: async () => [...ready, ...[...paused.values()].map(({ job }) => job).sort(compareJobs)],
    async close() {
      closed = true;
      for (const { timer } of paused.values()) timer.callOff();
      for (const taker of takers.splice(0)) taker(null);
    },
  };
}
