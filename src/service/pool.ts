import type { Clock, Log } from "../ports.ts";
import type { Machine } from "./ports.ts";
import type { Job, Queue } from "./queue/queue.ts";

const MEMORY_EVERY_MS = 1000;

export interface PoolNeeds {
  /** Job id → job, of all that run now: kept by the pool, read by others. */
  running: Map<string, Job>;
  queue: Pick<Queue, "take" | "putBack" | "close">;
  machine: Machine;
  clock: Pick<Clock, "pause">;
  log: Pick<Log, "info" | "warning">;
  /** Runs one job to its end. */
  work(job: Job, stop: AbortSignal): Promise<void>;
}

export interface PoolOptions {
  /** Most jobs that run at once. */
  concurrency: number;
  /** MiB that must be free before another job starts beside a running one. */
  taskMemoryMb: number;
}

/** Jobs that run side by side, bounded by number and by the machine's memory. */
export interface Pool {
  /** Takes no more jobs; ends when the running ones have ended. After `graceMs` they are told to stop. */
  drain(graceMs: number, reason: Error): Promise<void>;
}

export function startPool(needs: PoolNeeds, { concurrency, taskMemoryMb }: PoolOptions): Pool {
  const { running } = needs;
  const stop = new AbortController();
  const draining = new AbortController();

  const hasRoom = () => running.size === 0 || needs.machine.availableMemory() >= taskMemoryMb;
  const waitForRoom = async () => {
    while (!hasRoom() && !draining.signal.aborted) await needs.clock.pause(MEMORY_EVERY_MS, draining.signal);
  };
  const takeOne = async () => {
    for (;;) {
      await waitForRoom();
      const job = await needs.queue.take();
      // What is not begun when the pool drains is found again at GitHub.
      if (!job || draining.signal.aborted) return null;
      // It may have taken hours to come.
      if (!hasRoom()) await needs.queue.putBack(job);
      else {
        running.set(job.id, job);
        return job;
      }
    }
  };
  const runOne = async (job: Job) => {
    try {
      await needs.work(job, stop.signal);
    } catch (thrown) {
      needs.log.warning(`${job.id}: ${String(thrown)}`);
    } finally {
      running.delete(job.id);
    }
  };
  let turn: Promise<Job | null> = Promise.resolve(null);
  /** One worker after the other, so that each start sees what runs already. */
  const next = () => {
    turn = turn.then(takeOne);
    return turn;
  };
  const serve = async () => {
    for (let job = await next(); job; job = await next()) await runOne(job);
  };
  const workers = Array.from({ length: concurrency }, serve);

  return {
    async drain(graceMs, reason) {
      draining.abort();
      await needs.queue.close();
      const ended = Promise.all(workers);
      const over = new AbortController();
      const grace = needs.clock.pause(graceMs, over.signal);
      await Promise.race([ended, grace]);
      over.abort();
      if (running.size > 0) {
        needs.log.info(`${running.size} tasks did not end in time and are released.`);
        stop.abort(reason);
      }
      await ended;
    },
  };
}
