import type { FinalReport } from "../report/report.ts";
import type { FailureCode, Run, Stage } from "../task.ts";
import type { RateLimit } from "./ports.ts";
import type { Job } from "./queue/queue.ts";

/** Something that happened in this process's service, for all who watch it: the status page, metrics. */
export type ServiceEvent =
  | { kind: "queued"; job: Job }
  | { kind: "started"; job: Job; run: Run }
  | { kind: "stage"; job: Job; stage: Stage }
  | { kind: "ended"; job: Job; report: FinalReport }
  /** Its last try failed, too: it rests. Comes after its `ended`. */
  | { kind: "given-up"; job: Job; report: FinalReport }
  | { kind: "polled"; failure: FailureCode | null }
  /** GitHub's API was called; `status` is `null` where no answer came, `limit` where the answer did not tell it. */
  | { kind: "called"; status: number | null; limit: RateLimit | null };

/** Takes note of an event at once, and never throws. */
export type Observe = (event: ServiceEvent) => void;
