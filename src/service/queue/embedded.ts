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
      paused.delete(job.id);
      makeReady(job);
    });
    paused.set(job.id, { job, timer });
  };

  return {
    async add(job) {
      const isKnown = running.has(job.id) || paused.has(job.id) || ready.some(({ id }) => id === job.id);
      if (isKnown || closed) return false;
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
