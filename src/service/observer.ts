import type { FinalReport } from "../report/report.ts";
import type { FailureCode, Run, Stage } from "../task.ts";
import type { RateLimit } from "./ports.ts";
import type { Job } from "./queue/queue.ts";

/** Something that happened in this process's service, for all who watch it: the status page, metrics. */
export type ServiceEvent =
  | { kind: "queued"; job: Job }
  | { kind: "started"; job: Job; run: Run }
  /** This machine was not fit for it, its disk full say: it comes again. In place of `started`, and nothing follows. */
  | { kind: "not-begun"; job: Job }
  | { kind: "stage"; job: Job; stage: Stage }
  | { kind: "ended"; job: Job; report: FinalReport }
  /** Its last try failed, too: it rests. Comes after its `ended`. */
  | { kind: "given-up"; job: Job; report: FinalReport }
  | { kind: "polled"; failure: FailureCode | null }
  | ({ kind: "called" } & Call);

/** A call of GitHub's API. */
export interface Call {
  /** `null`: no answer came. */
  status: number | null;
  /** `null`: the answer did not tell it. */
  limit: RateLimit | null;
  /** Whether GitHub refused it to be left alone for a while: by the primary limit, or by a secondary one. */
  isLimited: boolean;
}

export const CALL_FAILURES = [
  "unauthorized",
  "forbidden",
  "rate-limited",
  "server-error",
  "no-answer",
] as const;
export type CallFailure = (typeof CALL_FAILURES)[number];

/** Other answers are answers, a 404 and a 422 too: much of what is asked is whether a thing is there. */
export function callFailureOf({ status, isLimited }: Call): CallFailure | null {
  if (status === null) return "no-answer";
  if (isLimited) return "rate-limited";
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  return status >= 500 ? "server-error" : null;
}

/** Takes note of an event at once, and never throws. */
export type Observe = (event: ServiceEvent) => void;
