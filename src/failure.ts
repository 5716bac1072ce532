import type { FailureCode, Outcome, Stage } from "./task.ts";

/** An expected failure: a code of the published table and what happened in this case (Markdown, one paragraph, no stack). */
export class TaskFailure extends Error {
  override readonly name = "TaskFailure";
  readonly code: FailureCode;
  readonly detail: string;
  /** Somebody else's words about it (a step's output, a server's message): only ever quoted. */
  readonly quote: string | null;

  constructor(code: FailureCode, detail: string, options?: { cause?: unknown; quote?: string }) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
    this.quote = options?.quote?.trim() || null;
  }
}

export interface FailureRow {
  /** What happened, for a heading. */
  title: string;
  /** What a person can do about it; Markdown, one or two sentences. */
  remedy: string;
  /** Whether the same task may succeed later with nothing changed. */
  retryable: boolean;
}

/** Every failure a run can end with; published in `docs/failures.md`. */
export const FAILURES: Record<FailureCode, FailureRow> = {
  "invalid-input": {
    title: "An input of the action is not valid",
    remedy: "Correct the named input in the workflow; `docs/configuration.md` lists what each one takes.",
    retryable: false,
  },
  "invalid-event": {
    title: "The event's payload is not what this trigger sends",
    remedy:
      "Start the action from one of the events that `docs/agent-runner-setup.md` names, with the named field present.",
    retryable: false,
  },
  "invalid-task": {
    title: "The issue does not describe a task",
    remedy: "Edit the issue as the example shows, then set the label again or comment `/agent retry`.",
    retryable: false,
  },
  "invalid-policy": {
    title: "The policy file cannot be applied",
    remedy:
      "Correct the named file in the default branch of the repository, as `docs/policy.md` or `docs/operations-policy.md` shows.",
    retryable: false,
  },
  "bad-credentials": {
    title: "GitHub does not accept the token",
    remedy:
      "Check that the secret is set, not expired and passed as `token` or `target-token` (or the App's id and private key).",
    retryable: false,
  },
  "target-not-found": {
    title: "The target repository was not found",
    remedy:
      "Check its spelling, and that `target-token` can see it: the workflow's own token reaches only the repository it runs in.",
    retryable: false,
  },
  "target-archived": {
    title: "The target repository is archived",
    remedy: "Unarchive it, or name another target.",
    retryable: false,
  },
  "target-empty": {
    title: "The target repository has no commits",
    remedy: "Push a first commit to its default branch.",
    retryable: false,
  },
  "base-not-found": {
    title: "The base branch was not found in the target repository",
    remedy: "Name a branch that exists in the input `base`, or leave it out to take the default branch.",
    retryable: false,
  },
  "issue-not-found": {
    title: "The dispatch issue was not found",
    remedy: "Check the issue number, and that `token` has `issues: write` on the dispatch repository.",
    retryable: false,
  },
  "missing-permission": {
    title: "The token lacks a permission",
    remedy:
      "Add the named permission to the job's `permissions:` or to the token; `docs/agent-runner-setup.md` lists them all.",
    retryable: false,
  },
  "not-permitted": {
    title: "The task is not permitted",
    remedy:
      "Ask somebody with write permission to start it, or have the workflow's owner extend the named allow-list.",
    retryable: false,
  },
  "pull-requests-not-allowed": {
    title: "Pull requests may not be created in the target repository",
    remedy:
      "For the workflow's own token, turn on *Settings → Actions → General → Allow GitHub Actions to create and approve pull requests*, or use a GitHub App's token; where the repository has no pull requests, turn on *Settings → General → Features → Pull requests*.",
    retryable: false,
  },
  "workflow-permission": {
    title: "The token may not change workflow files",
    remedy:
      "Leave workflow files out of the task, or use a token with the `workflows` permission (classic: scope `workflow`).",
    retryable: false,
  },
  "processor-not-found": {
    title: "There is no such processor",
    remedy: "Set the input `processor` to one of the names given.",
    retryable: false,
  },
  "isolation-unavailable": {
    title: "The asked isolation cannot be had on this machine",
    remedy:
      "Install what is named, choose another `isolation`, or another runner; it is never weakened silently.",
    retryable: false,
  },
  "command-failed": {
    title: "The command failed",
    remedy:
      "Read the end of its output in the run's log; the command is the input `command` of the workflow.",
    retryable: true,
  },
  "step-failed": {
    title: "The processing step reported that it failed",
    remedy: "Read its own words and its output in the run's log, then comment `/agent retry`.",
    retryable: true,
  },
  "invalid-result": {
    title: "The processing step left a result file that cannot be read",
    remedy: "Make the step write JSON to `$AGENT_RESULT_FILE` as `docs/correlation.md` describes.",
    retryable: false,
  },
  timeout: {
    title: "The processing step took too long",
    remedy: "Raise `timeout-minutes`, or make the task smaller.",
    retryable: true,
  },
  "patch-failed": {
    title: "A patch does not apply",
    remedy: "Make the diff again from today's base branch, and put it into a fenced `diff` block as it is.",
    retryable: false,
  },
  "protected-path": {
    title: "The work touches protected files",
    remedy:
      "Make the named changes by hand, or have the workflow's owner take the path out of `protected-paths` or set `on-protected: draft`.",
    retryable: false,
  },
  "too-large": {
    title: "The work is larger than the limits allow",
    remedy: "Split the task, or have the workflow's owner raise `max-files` or `max-patch-kb`.",
    retryable: false,
  },
  "secret-found": {
    title: "The work contains what looks like a secret",
    remedy: "Take the secret out of the named file; if it was real, revoke it.",
    retryable: false,
  },
  "branch-protected": {
    title: "A rule of the target repository refuses the branch",
    remedy: "Exempt the `agent-task-*` branches from the rule, or set `branch` to a name that is allowed.",
    retryable: false,
  },
  "push-rejected": {
    title: "The target repository rejected the push",
    remedy:
      "Read what it said; if somebody else pushed to the branch meanwhile, comment `/agent retry` to build on their work.",
    retryable: true,
  },
  "not-signed": {
    title: "GitHub does not sign commits for this token",
    remedy:
      "Use a GitHub App (`app-id` and `app-private-key`) or the workflow's own token for the target, since commits made with a person's token are not signed; or set `sign-commits: false`.",
    retryable: false,
  },
  "invalid-report": {
    title: "The investigation's report cannot be used",
    remedy:
      "Have the step write the named field as `docs/investigate-approve-act.md` shows, then run the whole workflow again.",
    retryable: false,
  },
  "report-mismatch": {
    title: "This is not what was approved",
    remedy:
      "Hand over the report and the patch of this run exactly as `investigate` made them, and its output `report-digest`; then run the whole workflow again.",
    retryable: false,
  },
  "report-expired": {
    title: "The approved report is too old",
    remedy: "Run the whole workflow again, and approve it in time.",
    retryable: true,
  },
  "base-moved": {
    title: "The base has moved since the investigation",
    remedy: "Run the whole workflow again, so that what is approved fits the base as it is now.",
    retryable: true,
  },
  "environment-unprotected": {
    title: "The environment asks nobody for approval",
    remedy:
      "Check the environment's name, and give it required reviewers in *Settings → Environments* (or set `allow-unprotected: true`).",
    retryable: false,
  },
  "not-approved": {
    title: "The run was not approved by anybody who may",
    remedy: "Start a new run of the workflow, and have only the named people approve it.",
    retryable: false,
  },
  "action-failed": {
    title: "The approved action failed",
    remedy:
      "Read the end of its output in the run's log, look at what it left behind, then run the whole workflow again.",
    retryable: false,
  },
  "audit-failed": {
    title: "The audit trail could not be delivered",
    remedy:
      "Check `audit-url` and `audit-token`, or set `audit-required: false` to go on without; the events are in `audit-file`.",
    retryable: true,
  },
  "git-failed": {
    title: "Git could not finish",
    remedy: "Read the run's log; if the git server was out of reach, comment `/agent retry`.",
    retryable: true,
  },
  "rate-limited": {
    title: "GitHub's rate limit is used up",
    remedy: "Wait until the time given, then comment `/agent retry`; a GitHub App has a limit of its own.",
    retryable: true,
  },
  "github-refused": {
    title: "GitHub refused a request",
    remedy:
      "Read its own words: they name what it did not accept; change that in the inputs or the repository's settings.",
    retryable: false,
  },
  "github-unavailable": {
    title: "GitHub did not give a usable answer",
    remedy: "See <https://www.githubstatus.com>, then comment `/agent retry`.",
    retryable: true,
  },
  cancelled: {
    title: "The run was cancelled",
    remedy: "Set the label again or comment `/agent retry` to run the task once more.",
    retryable: true,
  },
  unexpected: {
    title: "Something went wrong inside agent-runner",
    remedy: "Open an issue with the stack trace that the run's log holds.",
    retryable: true,
  },
};

/** The ends that fail the step. */
export type Stopped = Extract<Outcome, { kind: "failed" | "cancelled" }>;

/** Where a run ends with the failure at that step; a cancelled one is an end of its own. */
export function failedOutcome({ code, detail, quote }: TaskFailure, step: Stage): Stopped {
  if (code === "cancelled") return { kind: "cancelled", reason: detail };
  return { kind: "failed", code, step, detail, quote, notes: [] };
}

/** The failure that an unknown thrown value stands for; whatever is not a `TaskFailure` is a bug of ours. */
export function asFailure(thrown: unknown): TaskFailure {
  if (thrown instanceof TaskFailure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new TaskFailure("unexpected", message, { cause: thrown });
}
