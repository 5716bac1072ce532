import type { Call, ServiceEvent } from "../../src/service/observer.ts";
import type { Job } from "../../src/service/queue/queue.ts";
import { firstState, reduce, type StatusState } from "../../src/service/status/state.ts";
import type { Outcome } from "../../src/task.ts";
import { anOutcome, aReport, aRun } from "./task.ts";

export const START = new Date("2026-01-02T03:04:05Z");

/** An event and the seconds after `START` at which it happened. */
export type Happening = [seconds: number, event: ServiceEvent];

export function started(job: Job): ServiceEvent {
  return { kind: "started", job, run: runOf(job) };
}

export function ended(job: Job, outcome: Outcome = anOutcome()): ServiceEvent {
  return { kind: "ended", job, report: aReport({ run: runOf(job), outcome }) };
}

export function givenUp(job: Job, outcome: Outcome): ServiceEvent {
  return { kind: "given-up", job, report: aReport({ run: runOf(job), outcome }) };
}

/** A call of GitHub's API that was answered; what its answer tells of the limit is left out. */
export function called(change: Partial<Call> = {}): ServiceEvent {
  return { kind: "called", status: 200, limit: null, isLimited: false, ...change };
}

/** What is remembered of all that. */
export function stateAfter(...happenings: Happening[]): StatusState {
  return happenings.reduce(
    (state, [seconds, event]) => reduce(state, event, new Date(START.getTime() + seconds * 1000)),
    firstState(START),
  );
}

function runOf({ dispatch, attempt }: Job) {
  return aRun({ id: `run-${dispatch.issueNumber}-${attempt}`, repository: null });
}
