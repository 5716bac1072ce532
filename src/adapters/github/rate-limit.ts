import { TaskFailure } from "../../failure.ts";
import type { Clock } from "../../ports.ts";
import type { Answer, HeaderValue } from "./exchange.ts";
import { asRefusal } from "./refusal.ts";

/** How long GitHub asks to wait where it does not say: its documentation names a minute. */
const UNSAID_MS = 60_000;
/** Resets are told in whole seconds. */
const LEAST_MS = 1_000;

/**
 * For how many milliseconds GitHub asks to be left alone; `null` where the answer is not about a rate limit.
 * Such a request was certainly not carried out.
 */
export function rateLimitWait(answer: Answer, now: Date): number | null {
  const { status, headers } = answer;
  if (status !== 429 && status !== 403) return null;
  // GitHub's times are compared with GitHub's clock, which ours may differ from.
  const serverNow = parseTime(headers.date) ?? now.getTime();
  const retryAfter = headers["retry-after"];
  const reset = Number(headers["x-ratelimit-reset"]) * 1000;
  const usedUp = String(headers["x-ratelimit-remaining"]) === "0";
  if (retryAfter !== undefined) return atLeast(parseDelay(retryAfter, serverNow));
  if (usedUp) return atLeast(reset - serverNow);
  return status === 429 || saysSecondaryLimit(answer) ? UNSAID_MS : null;
}

/** A door that all calls of one adapter pass: shut while GitHub asks to wait, as long as the budget lasts. */
export interface RateLimitGate {
  /** Waits while shut; throws `rate-limited` where the budget does not reach. */
  pass(): Promise<void>;
  shut(milliseconds: number): void;
}

export function createRateLimitGate(clock: Pick<Clock, "now" | "pause">, budgetMs: number): RateLimitGate {
  let shutUntil = 0;
  let budget = budgetMs;
  return {
    shut(milliseconds) {
      const now = clock.now().getTime();
      const until = now + milliseconds;
      // Calls in flight together meet one limit together: the wait is paid once.
      budget -= Math.max(0, until - Math.max(now, shutUntil));
      shutUntil = Math.max(shutUntil, until);
    },
    async pass() {
      for (let wait = shutUntil - clock.now().getTime(); wait > 0; wait = shutUntil - clock.now().getTime()) {
        if (budget < 0) throw rateLimited(shutUntil);
        await clock.pause(wait);
      }
    },
  };
}

function rateLimited(until: number): TaskFailure {
  const time = new Date(until).toISOString().slice(0, 19).replace("T", " ");
  return new TaskFailure("rate-limited", `GitHub asks to wait until **${time} UTC**.`);
}

/** A 403 for a secondary limit may come without either header: then its link or its text alone sets it apart. */
function saysSecondaryLimit(answer: Answer): boolean {
  const { message, documentation_url } = asRefusal(answer.body);
  return /rate-limits?\b/i.test(documentation_url) || /secondary rate limit|abuse detection/i.test(message);
}

/** `Retry-After` is a number of seconds or an HTTP date. */
function parseDelay(value: string | number, serverNow: number): number {
  if (/^\d+$/.test(String(value))) return Number(value) * 1000;
  return (parseTime(value) ?? Number.NaN) - serverNow;
}

function parseTime(value: HeaderValue): number | null {
  const time = Date.parse(String(value));
  return Number.isNaN(time) ? null : time;
}

function atLeast(milliseconds: number): number {
  return Number.isFinite(milliseconds) ? Math.max(milliseconds, LEAST_MS) : UNSAID_MS;
}
