import type { AuditEnd } from "../audit/trail.ts";
import type { PullRequestOperation } from "../task.ts";
import type { FinalReport } from "./report.ts";
import { type TaskResult, taskResultOf } from "./task-result.ts";

/** The action's outputs as the contract's section 4 names them, but for `result-file`; empty where there is nothing. */
export interface Outputs {
  outcome: string;
  "failure-code": string;
  "task-id": string;
  "issue-number": string;
  "target-repository": string;
  branch: string;
  "commit-sha": string;
  "pull-request-number": string;
  "pull-request-url": string;
  "pull-request-operation": PullRequestOperation;
  "work-folder": string;
}

/** All of the outputs as one JSON value, the content of `result-file`. */
export interface ResultFile extends TaskResult {
  issue_number: number | null;
  target_repository: string | null;
  /** Set where the work was pushed to it. */
  branch: string | null;
  commit_sha: string | null;
  pull_request_number: number | null;
  pull_request_operation: PullRequestOperation;
  /** Folder with the work that could not be pushed. */
  work_folder: string | null;
}

export function resultFileOf(report: FinalReport): ResultFile {
  const { outcome, issue, task } = report;
  const opened = "pullRequest" in outcome ? outcome : null;
  const pushed = opened ?? report.pushed;
  return {
    ...taskResultOf(report),
    issue_number: issue?.number ?? null,
    target_repository: task?.target.repository ?? null,
    branch: pushed?.branch ?? null,
    commit_sha: pushed?.commit ?? null,
    pull_request_number: opened?.pullRequest.number ?? null,
    pull_request_operation: OPERATIONS[outcome.kind] ?? "none",
    work_folder: report.kept?.folder ?? null,
  };
}

export function outputsOf(report: FinalReport): Outputs {
  const file = resultFileOf(report);
  return {
    outcome: file.outcome,
    "failure-code": file.failure_code ?? "",
    "task-id": file.task_id ?? "",
    "issue-number": file.issue_number?.toString() ?? "",
    "target-repository": file.target_repository ?? "",
    branch: file.branch ?? "",
    "commit-sha": file.commit_sha ?? "",
    "pull-request-number": file.pull_request_number?.toString() ?? "",
    "pull-request-url": file.pull_request_url ?? "",
    "pull-request-operation": file.pull_request_operation,
    "work-folder": file.work_folder ?? "",
  };
}

/** The outputs that name the audit trail, and the same for the result file. */
export function trailOutputsOf(trail: Pick<AuditEnd, "traceId" | "file"> | null) {
  return { "trace-id": trail?.traceId ?? "", "audit-file": trail?.file ?? "" };
}

export function trailFieldsOf(trail: Pick<AuditEnd, "traceId" | "file"> | null) {
  return { trace_id: trail?.traceId ?? null, audit_file: trail?.file ?? null };
}

const OPERATIONS: Partial<Record<ResultFile["outcome"], PullRequestOperation>> = {
  opened: "created",
  updated: "updated",
};
