import type { FinalReport } from "../../src/report/report.ts";
import type { Outcome, PullRequest, Run, Stage, Task } from "../../src/task.ts";
import { anIssue } from "./issue.ts";

/** A task for another repository than its dispatch issue's, at its first attempt. */
export function aTask(change: Partial<Task> = {}): Task {
  return {
    taskId: "550e8400-e29b-41d4-a716-446655440000",
    userId: "user-123",
    instruction: "Add authentication middleware to the API",
    title: "Add authentication",
    targetRepository: "your-org/your-project",
    targetPullRequest: null,
    metadata: {},
    origin: "metadata",
    issue: {
      repository: "your-org/dispatch",
      number: 7,
      url: "https://github.com/your-org/dispatch/issues/7",
    },
    target: {
      repository: "your-org/your-project",
      cloneUrl: "https://github.com/your-org/your-project.git",
      base: "main",
      pullRequest: null,
    },
    branch: "agent-task-7-18d02a54",
    attempt: 1,
    ...change,
  };
}

/** A task whose target is its dispatch repository, so that a backend reads `Fixes #7`. */
export function aTaskAtHome(change: Partial<Task> = {}): Task {
  const { target } = aTask();
  return aTask({ target: { ...target, repository: "Your-Org/Dispatch" }, ...change });
}

export function aRun(change: Partial<Run> = {}): Run {
  return {
    id: "4711",
    attempt: 1,
    url: "https://github.com/your-org/dispatch/actions/runs/4711",
    repository: "your-org/dispatch",
    serverUrl: "https://github.com",
    ...change,
  };
}

export function aPullRequest(change: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 42,
    url: "https://github.com/your-org/your-project/pull/42",
    state: "open",
    merged: false,
    draft: false,
    title: "Add authentication",
    body: "",
    head: { repository: "your-org/your-project", ref: "agent-task-7-18d02a54", oid: "3".repeat(40) },
    base: { ref: "main" },
    ...change,
  };
}

type Opened = Extract<Outcome, { kind: "opened" | "updated" }>;
type Failed = Extract<Outcome, { kind: "failed" }>;

/** A pull request that was opened. */
export function anOutcome(change: Partial<Opened> = {}): Opened {
  return {
    kind: "opened",
    pullRequest: aPullRequest(),
    branch: "agent-task-7-18d02a54",
    commit: "3".repeat(40),
    notes: [],
    ...change,
  };
}

/** A processing step that failed. */
export function aFailedOutcome(change: Partial<Failed> = {}): Failed {
  return {
    kind: "failed",
    code: "command-failed",
    step: "process",
    detail: "Its exit status was 1.",
    quote: null,
    notes: [],
    ...change,
  };
}

/** The report of a first attempt that opened a pull request; stages of one second each. */
export function aReport(change: Partial<FinalReport> = {}): FinalReport {
  const task = change.task === undefined ? aTask() : change.task;
  return {
    run: aRun(),
    outcome: anOutcome(),
    attempt: 1,
    issue: anIssue(),
    taskId: task?.taskId ?? null,
    task,
    proposal: null,
    stat: null,
    stages: stageTimes("authorise", "checkout", "process", "check", "push", "pull-request"),
    pushed: null,
    kept: null,
    ...change,
  };
}

/** Stages that took a second each, one after the other. */
export function stageTimes(...stages: Stage[]): FinalReport["stages"] {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, seconds));
  return stages.map((stage, index) => ({ stage, startedAt: at(index), endedAt: at(index + 1) }));
}
