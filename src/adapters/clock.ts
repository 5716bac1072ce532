import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../ports.ts";

export const systemClock: Clock = {
  now: () => new Date(),
  pause: async (milliseconds) => {
    await pause(milliseconds);
  },
  later(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    timer.unref();
    return { callOff: () => clearTimeout(timer) };
  },
};
