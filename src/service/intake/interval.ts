import type { RateLimit } from "../ports.ts";

/** Sweeps without news after which polling slows down; then it takes up to four times as long. */
const QUIET_SWEEPS = 10;
const SLOWEST = 4;
/** Below this share of the limit polling slows down, before any task has to wait. */
const LOW_SHARE = 0.2;
const SPENT_SHARE = 0.05;
const SECONDARY_MS = 60_000;
/** GitHub's limits are for an hour: a reset that is farther away is told by clocks that differ. */
const FARTHEST_RESET_MS = 3_600_000;

export interface PollingState {
  /** As configured. */
  intervalMs: number;
  /** Sweeps in a row that found nothing new. */
  quietSweeps: number;
  /** Whether the last sweep failed. */
  failed: boolean;
  limit: RateLimit | null;
  /** Milliseconds since 1970. */
  now: number;
}

/** Milliseconds until the next sweep. */
export function intervalFor({ intervalMs, quietSweeps, failed, limit, now }: PollingState): number {
  const quiet = Math.min(SLOWEST, 1 + Math.floor(quietSweeps / QUIET_SWEEPS));
  const slowed = intervalMs * Math.max(quiet, failed ? SLOWEST : 1);
  if (!limit || limit.limit === 0 || limit.resetAt <= now) return slowed;
  const share = limit.remaining / limit.limit;
  if (share < SPENT_SHARE) return Math.max(slowed, untilReset(limit, now));
  return share < LOW_SHARE ? Math.max(slowed, intervalMs * SLOWEST) : slowed;
}

/** Milliseconds after which a task that met a rate limit may try again; a secondary limit tells no time, GitHub names a minute. */
export function retryPauseFor(limit: RateLimit | null, now: number): number {
  const isSpent = limit !== null && limit.remaining === 0;
  return Math.max(isSpent ? untilReset(limit, now) : 0, SECONDARY_MS);
}

function untilReset({ resetAt }: RateLimit, now: number): number {
  return Math.min(resetAt - now, FARTHEST_RESET_MS);
}
