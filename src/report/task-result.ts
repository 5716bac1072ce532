import { FAILURES } from "../failure.ts";
import type { End, FailureCode, Outcome } from "../task.ts";
import type { FinalReport } from "./report.ts";

/** What a machine learns of an ending: the `agent_task_result` JSON of the contract's section 6. */
export interface TaskResult {
  /** `null` where the issue does not say it. */
  task_id: string | null;
  outcome: Outcome["kind"];
  failure_code: FailureCode | null;
  /** Whether the same task may succeed later with nothing changed. */
  retryable: boolean;
  pull_request_url: string | null;
  run_url: string;
  attempt: number;
}

export function taskResultOf({ taskId, outcome, run, attempt }: FinalReport): TaskResult {
  const code = failureCodeOf(outcome);
  return {
    task_id: taskId,
    outcome: outcome.kind,
    failure_code: code,
    retryable: code !== null && FAILURES[code].retryable,
    pull_request_url: "pullRequest" in outcome ? outcome.pullRequest.url : null,
    run_url: run.url,
    attempt,
  };
}

/** The row of the failure table that an ending belongs to; `null` where nothing went wrong. */
export function failureCodeOf(outcome: End): FailureCode | null {
  switch (outcome.kind) {
    case "failed":
      return outcome.code;
    case "cancelled":
      return "cancelled";
    case "denied":
      return "not-permitted";
    default:
      return null;
  }
}
