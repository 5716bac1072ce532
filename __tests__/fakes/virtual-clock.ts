import type { Clock } from "../../src/ports.ts";

export interface VirtualClock extends Clock {
  /** Milliseconds since the start. */
  elapsed(): number;
  /** Lets time pass from one planned moment to the next, until the work is done. */
  until<T>(work: Promise<T>): Promise<T>;
}

/** Time that passes only where everybody waits for it. */
export function createVirtualClock(start = "2026-01-02T03:04:05Z"): VirtualClock {
  let elapsed = 0;
  const planned = new Set<{ at: number; work: () => void }>();
  const later = (milliseconds: number, work: () => void) => {
    const plan = { at: elapsed + milliseconds, work };
    planned.add(plan);
    return { callOff: () => void planned.delete(plan) };
  };
  const passToNext = () => {
    const [next] = [...planned].sort((one, other) => one.at - other.at);
    if (!next) throw new Error("Nobody waits for the time to pass, and the work is not done.");
    planned.delete(next);
    elapsed = next.at;
    next.work();
  };
  return {
    elapsed: () => elapsed,
    now: () => new Date(Date.parse(start) + elapsed),
    pause: (milliseconds, signal) =>
      new Promise((resolve) => {
        const plan = later(milliseconds, resolve);
        const stop = () => {
          plan.callOff();
          resolve();
        };
        if (signal?.aborted) stop();
        signal?.addEventListener("abort", stop, { once: true });
      }),
    later,
    async until(work) {
      let isDone = false;
      const done = work.finally(() => {
        isDone = true;
      });
      done.catch(() => {});
      for (;;) {
        await new Promise(setImmediate);
        if (isDone) return await done;
        passToNext();
      }
    },
  };
}
