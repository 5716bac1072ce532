import { cutText } from "../../harmless.ts";
import { showInvisible } from "../../invisible.ts";
import type { FinalReport } from "../../report/report.ts";
import { failureCodeOf } from "../../report/task-result.ts";
import type { FailureCode, Outcome, PullRequest, Stage } from "../../task.ts";
import { callFailureOf, type ServiceEvent } from "../observer.ts";
import type { RateLimit } from "../ports.ts";
import type { Job } from "../queue/queue.ts";
import { currentHour, type Hour } from "./hours.ts";

/** What the status page remembers, in milliseconds since 1970. Bounded in size, however long the service runs. */
export interface StatusState {
  startedAt: number;
  running: readonly RunningTask[];
  /** Newest first. */
  results: readonly Result[];
  /** Oldest first; hours in which nothing happened are missing. */
  hours: readonly Hour[];
  lastPoll: { at: number; failure: FailureCode | null } | null;
  rateLimit: RateLimit | null;
}

/** A task as a person knows it: one issue, one try. */
export interface Subject {
  repository: string;
  number: number;
  /** One line with nothing hidden in it. */
  title: string;
  attempt: number;
}

export interface RunningTask extends Subject {
  runId: string;
  startedAt: number;
  /** `null` before the first one. */
  stage: Stage | null;
  stageAt: number;
}

export interface Result extends Subject {
  runId: string;
  outcome: Outcome["kind"];
  failure: FailureCode | null;
  pullRequest: Pick<PullRequest, "number" | "url"> | null;
  /** Whether its last try failed, so that it rests. */
  givenUp: boolean;
  endedAt: number;
  tookMs: number;
}

const MOST_RESULTS = 25;
const LONGEST_TITLE = 140;

export function firstState(now: Date): StatusState {
  const nothing = { running: [], results: [], hours: [], lastPoll: null, rateLimit: null };
  return { startedAt: now.getTime(), ...nothing };
}

/** The state after an event. */
export function reduce(state: StatusState, event: ServiceEvent, now: Date): StatusState {
  const at = now.getTime();
  switch (event.kind) {
    case "queued":
    case "not-begun":
      return state;
    case "started":
      return { ...state, running: [...state.running, runningTask(event.job, event.run.id, at)] };
    case "stage": {
      const { job, stage } = event;
      const running = state.running.map((task) => (isOf(task, job) ? { ...task, stage, stageAt: at } : task));
      return { ...state, running };
    }
    case "ended":
      return end(state, event.job, event.report, at);
    case "given-up": {
      const { id } = event.report.run;
      const results = state.results.map((result) =>
        result.runId === id ? { ...result, givenUp: true } : result,
      );
      return { ...state, results };
    }
    case "polled":
      return { ...state, lastPoll: { at, failure: event.failure } };
    case "called": {
      const isFailed = callFailureOf(event) !== null;
      const hours = currentHour(state.hours, at, (hour) => ({
        ...hour,
        calls: hour.calls + 1,
        failedCalls: hour.failedCalls + (isFailed ? 1 : 0),
      }));
      return { ...state, hours, rateLimit: event.limit ?? state.rateLimit };
    }
  }
}

/** How people are told of a job. */
export function subjectOf({ dispatch, title, attempt }: Job): Subject {
  const line = showInvisible(title.replace(/\s+/gu, " ").trim());
  const { repository, issueNumber: number } = dispatch;
  return { repository, number, title: cutText(line, LONGEST_TITLE), attempt };
}

function runningTask(job: Job, runId: string, at: number): RunningTask {
  return { ...subjectOf(job), runId, startedAt: at, stage: null, stageAt: at };
}

function isOf(task: RunningTask, { dispatch }: Job): boolean {
  return task.repository === dispatch.repository && task.number === dispatch.issueNumber;
}

/** What ended without a word on its issue is not among the results. */
const SILENT: readonly Outcome["kind"][] = ["ignored", "duplicate"];
const SUCCEEDED: readonly Outcome["kind"][] = ["opened", "updated", "no-changes", "needs-input"];

function end(state: StatusState, job: Job, { outcome, run }: FinalReport, at: number): StatusState {
  const startedAt = state.running.find((task) => isOf(task, job))?.startedAt ?? at;
  const running = state.running.filter((task) => !isOf(task, job));
  if (SILENT.includes(outcome.kind)) return { ...state, running };
  const tookMs = at - startedAt;
  const result: Result = {
    ...subjectOf(job),
    runId: run.id,
    outcome: outcome.kind,
    failure: failureCodeOf(outcome),
    pullRequest: "pullRequest" in outcome ? pickPullRequest(outcome.pullRequest) : null,
    givenUp: false,
    endedAt: at,
    tookMs,
  };
  const results = [result, ...state.results].slice(0, MOST_RESULTS);
  return { ...state, running, results, hours: countEnd(state.hours, outcome, at, tookMs) };
}

/** Whoever was refused, or called it off, says nothing of how well the service does. */
function countEnd(hours: readonly Hour[], { kind }: Outcome, at: number, tookMs: number): readonly Hour[] {
  const isSuccess = SUCCEEDED.includes(kind);
  if (!isSuccess && kind !== "failed") return hours;
  return currentHour(hours, at, (hour) => ({
    ...hour,
    succeeded: hour.succeeded + (isSuccess ? 1 : 0),
    failed: hour.failed + (isSuccess ? 0 : 1),
    tookMs: [...hour.tookMs, tookMs],
  }));
}

function pickPullRequest({ number, url }: PullRequest): Pick<PullRequest, "number" | "url"> {
  return { number, url };
}
