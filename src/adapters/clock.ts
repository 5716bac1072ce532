import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../ports.ts";

export const systemClock: Clock = {
  now: () => new Date(),
  async pause(milliseconds, signal) {
    await pause(milliseconds, undefined, signal ? { signal } : {}).catch((thrown: unknown) => {
      if (!signal?.aborted) throw thrown;
    });
  },
  later(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    timer.unref();
    return { callOff: () => clearTimeout(timer) };
  },
};
