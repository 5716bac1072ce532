/** What happened in one hour of the clock. */
export interface Hour {
  /** Its beginning, in milliseconds since 1970. */
  at: number;
  succeeded: number;
  failed: number;
  /** Durations of its tasks; of many, the last ones. */
  tookMs: readonly number[];
  calls: number;
  failedCalls: number;
}

export const HOUR_MS = 3_600_000;
/** Hours that are remembered. */
export const MOST_HOURS = 24;
const MOST_DURATIONS = 100;

/** The hours with a change in the present one; those from before the last day are forgotten. */
export function currentHour(
  hours: readonly Hour[],
  now: number,
  change: (hour: Hour) => Hour,
): readonly Hour[] {
  const at = now - (now % HOUR_MS);
  const last = hours.at(-1);
  const current =
    last?.at === at ? last : { at, succeeded: 0, failed: 0, tookMs: [], calls: 0, failedCalls: 0 };
  const changed = change(current);
  const past = recentHours(hours, now).filter((hour) => hour.at !== at);
  return [...past, { ...changed, tookMs: changed.tookMs.slice(-MOST_DURATIONS) }];
}

/** Those of the last day. */
export function recentHours(hours: readonly Hour[], now: number): readonly Hour[] {
  const first = now - (now % HOUR_MS) - (MOST_HOURS - 1) * HOUR_MS;
  return hours.filter(({ at }) => at >= first);
}

/** The middle of the values, or of the two middle ones; `null` of none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}
