import type { Clock, GitHub } from "../ports.ts";
import { untilStopped } from "./until-stopped.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** GitHub's secondary limits on calls that create content, for one account. */
export interface PaceLimits {
  perMinute: number;
  perHour: number;
}

/** Lets content-creating calls pass, no more of them than GitHub's secondary limits allow. */
export interface Pace {
  /** Waits for a place, in the order of the calls; no longer than until the signal is aborted. */
  pass(stop?: AbortSignal): Promise<void>;
}

export function createPace(clock: Pick<Clock, "now" | "pause">, { perMinute, perHour }: PaceLimits): Pace {
  /** When the calls of the last hour passed, oldest first. */
  const passed: number[] = [];
  let last: Promise<void> = Promise.resolve();

  const waitFor = (count: number, windowMs: number, now: number) => {
    const oldest = passed.at(-count);
    return oldest === undefined ? 0 : Math.max(0, oldest + windowMs - now);
  };
  const next = async () => {
    for (;;) {
      const now = clock.now().getTime();
      while (passed[0] !== undefined && passed[0] <= now - HOUR_MS) passed.shift();
      const wait = Math.max(waitFor(perMinute, MINUTE_MS, now), waitFor(perHour, HOUR_MS, now));
      if (wait === 0) {
        passed.push(now);
        return;
      }
      await clock.pause(wait);
    }
  };
  return {
    async pass(stop) {
      last = last.then(next);
      await (stop ? untilStopped(stop, last) : last);
    },
  };
}

/**
 * The same GitHub, whose content-creating calls wait for their place; a run that is stopped writes its end at once. Labels and
 * reactions are no content.
 */
export function pacing(github: GitHub, { pass }: Pace, stop?: AbortSignal): GitHub {
  const paced =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await pass(stop);
      return await call(...args);
    };
  return {
    ...github,
    createIssue: paced(github.createIssue),
    createComment: paced(github.createComment),
    updateComment: paced(github.updateComment),
    createPullRequest: paced(github.createPullRequest),
    updatePullRequest: paced(github.updatePullRequest),
    requestReviewers: paced(github.requestReviewers),
  };
}
