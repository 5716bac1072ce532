import type { Clock } from "../../ports.ts";
import type { FinalReport } from "../../report/report.ts";
import { failureCodeOf } from "../../report/task-result.ts";
import { FAILURE_CODES, type Outcome } from "../../task.ts";
import { CALL_FAILURES, type Call, callFailureOf, type Observe } from "../observer.ts";
import type { Job } from "../queue/queue.ts";
import type { MetricTable } from "./definitions.ts";

/** What the events of the service come to. */
export interface Counts {
  observe: Observe;
  /** When each of the tries that run was started, in milliseconds since 1970. */
  runningSince(): number[];
}

const STATUSES: Record<Outcome["kind"], true> = {
  ...{ opened: true, updated: true, "no-changes": true, "needs-input": true, duplicate: true },
  ...{ ignored: true, denied: true, cancelled: true, failed: true },
};

/** Counts each event; `metrics` begins with everything that is never told before it happens. */
export function createCounts(metrics: MetricTable, clock: Pick<Clock, "now">): Counts {
  /** Job id → when its try was started; no job runs twice at once. */
  const running = new Map<string, number>();
  beginAtZero(metrics);

  const end = (job: Job, { outcome, stages }: FinalReport) => {
    const now = clock.now().getTime();
    const status = outcome.kind;
    const code = failureCodeOf(outcome);
    metrics.processed.inc({ status });
    if (code) metrics.failures.inc({ code });
    metrics.duration.observe({ status }, Math.max(0, now - (running.get(job.id) ?? now)) / 1000);
    running.delete(job.id);
    if (!("pullRequest" in outcome)) return;
    const opened = stages.find(({ stage }) => stage === "pull-request")?.endedAt;
    const wait = secondsSinceWish(job, opened?.getTime() ?? now);
    if (wait !== null) metrics.toPullRequest.observe({}, wait);
  };
  return {
    runningSince: () => [...running.values()],
    observe(event) {
      switch (event.kind) {
        case "queued":
          return metrics.queued.inc({});
        case "started":
          running.set(event.job.id, clock.now().getTime());
          return;
        case "not-begun":
          return metrics.notBegun.inc({});
        case "stage":
          return;
        case "ended":
          return end(event.job, event.report);
        case "given-up":
          return metrics.givenUp.inc({});
        case "polled":
          metrics.polls.inc({});
          if (event.failure) metrics.pollFailures.inc({ code: event.failure });
          else metrics.lastPoll.set({}, clock.now().getTime() / 1000);
          return;
        case "called":
          return countCall(metrics, event);
      }
    },
  };
}

/** Seconds since a task was wished for, 0 where GitHub's clock is ahead; `null` where the wish does not say when it was. */
export function secondsSinceWish({ since }: Job, now: number): number | null {
  const wished = Date.parse(since);
  return wished > 0 ? Math.max(0, now - wished) / 1000 : null;
}

/** What is there from the beginning shows its first rise; what GitHub has not told yet is not there. */
function beginAtZero(metrics: MetricTable): void {
  for (const status of Object.keys(STATUSES)) {
    metrics.processed.inc({ status }, 0);
    metrics.duration.zero({ status });
  }
  for (const code of FAILURE_CODES) {
    metrics.failures.inc({ code }, 0);
    metrics.pollFailures.inc({ code }, 0);
  }
  for (const reason of CALL_FAILURES) metrics.callFailures.inc({ reason }, 0);
  for (const unknown of [metrics.lastPoll, metrics.limitRemaining, metrics.limit, metrics.limitReset])
    unknown.remove({});
}

function countCall(metrics: MetricTable, call: Call): void {
  const { status, limit } = call;
  const reason = callFailureOf(call);
  // A status has three digits: there can be no more of them than that.
  metrics.calls.inc({ status: status === null ? "none" : String(status) });
  if (reason) metrics.callFailures.inc({ reason });
  if (!limit) return;
  metrics.limitRemaining.set({}, limit.remaining);
  metrics.limit.set({}, limit.limit);
  metrics.limitReset.set({}, limit.resetAt / 1000);
}
