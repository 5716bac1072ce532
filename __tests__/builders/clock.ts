import type { Clock } from "../../src/ports.ts";

export interface StandingClock extends Pick<Clock, "now" | "pause"> {
  /** Every wait that was asked for, in milliseconds. */
  pauses: number[];
}

/** A clock that stands still until somebody pauses, and then is at once where the pause would have ended. */
export function aClock(start = "2026-01-02T03:04:05Z"): StandingClock {
  let now = Date.parse(start);
  const pauses: number[] = [];
  return {
    pauses,
    now: () => new Date(now),
    async pause(milliseconds) {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
}
