import type { Dispatch, Issue } from "../../task.ts";

/** `high` before `normal` before `low`; among equals the one that was asked for first. */
export const PRIORITIES = ["high", "normal", "low"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** One wish that a task be run. A plain JSON value. */
export interface Job {
  /** The dispatch issue, `owner/name#N`: of two jobs with one id, one is run. */
  id: string;
  priority: Priority;
  /** When it was asked for: ISO 8601, GitHub's clock. */
  since: string;
  dispatch: Dispatch;
  /** The issue's title, when it was asked for; text from outside. */
  title: string;
  /** Which try this is, from 1. */
  attempt: number;
  /** How many of the tries before were ended by a stop of their service: those do not count. */
  stopped: number;
}

export interface Queue {
  /** Gives `false` where a job with that id runs, or waits: then it is brought up to date, and counts its tries on. */
  add(job: Job): Promise<boolean>;
  /** The next job, as soon as there is one; `null` once the queue is closed. */
  take(): Promise<Job | null>;
  /** The job was not begun, and waits again where it did. */
  putBack(job: Job): Promise<void>;
  /** The job is over, or left to whoever finds it at GitHub next; its id may come again. */
  done(job: Job): Promise<void>;
  /** The job failed and may succeed later: tries it again after a growing pause, or gives it up after the last try. */
  fail(job: Job, leastPauseMs?: number): Promise<"again" | "given-up">;
  /** Jobs that wait, in the order in which they will be taken; those that pause after a failure come last. */
  waiting(): Promise<Job[]>;
  /** Lets nobody take any more. What waits is found again at GitHub. */
  close(): Promise<void>;
}

/** Sorts into the order in which jobs are taken. */
export function compareJobs(a: Job, b: Job): number {
  const byPriority = comparePriorities(a.priority, b.priority);
  return (
    byPriority || Date.parse(a.since) - Date.parse(b.since) || a.dispatch.issueNumber - b.dispatch.issueNumber
  );
}

export function comparePriorities(a: Priority, b: Priority): number {
  return PRIORITIES.indexOf(a) - PRIORITIES.indexOf(b);
}

/** By the issue's labels `priority:high` and `priority:low`. */
export function priorityOf(labels: string[]): Priority {
  const names = labels.map((label) => label.toLowerCase().replace(/\s+/g, ""));
  if (names.includes("priority:high")) return "high";
  return names.includes("priority:low") ? "low" : "normal";
}

export function jobId({ repository, issueNumber }: Pick<Dispatch, "repository" | "issueNumber">): string {
  return `${repository.toLowerCase()}#${issueNumber}`;
}

/** How many tries of the job count by the end of this one. */
export function countTries({ attempt, stopped }: Pick<Job, "attempt" | "stopped">): number {
  return attempt - stopped;
}

/** The first try of what a dispatch asks for. */
export function firstJob(
  dispatch: Dispatch,
  { labels, title }: Pick<Issue, "labels" | "title">,
  since: string,
): Job {
  return {
    id: jobId(dispatch),
    priority: priorityOf(labels),
    since,
    dispatch,
    title,
    attempt: 1,
    stopped: 0,
  };
}
