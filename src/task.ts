/** The nouns of agent-runner. Types only: what a word means is decided here, what happens to it elsewhere. */

/** `owner/name`, spelled as GitHub's API spells it wherever it came from the API. */
export type RepositoryName = string;

/** A full git object id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. */
export type Oid = string;

export interface Actor {
  login: string;
  type: "User" | "Bot" | "Organization";
}

/** An issue of the dispatch repository as one answer or event of GitHub showed it. */
export interface Issue {
  repository: RepositoryName;
  number: number;
  /** Page for people, `https://…/issues/N`. */
  url: string;
  title: string;
  /** Markdown; empty where GitHub says `null`. */
  body: string;
  author: Actor;
  labels: string[];
  state: "open" | "closed";
  /** GitHub lists pull requests among the issues. */
  isPullRequest: boolean;
  commentCount: number;
  /** ISO 8601, GitHub's clock. */
  updatedAt: string;
}

/** The run of agent-runner that is at work: a workflow run, or a task of the self-hosted service. */
export interface Run {
  /** `GITHUB_RUN_ID`, or the service's own id. */
  id: string;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  attempt: number;
  /** Page with the log, for people. */
  url: string;
  /** Repository whose workflow runs; `null` for the service. */
  repository: RepositoryName | null;
  /** Origin of GitHub's pages and git, without a slash at its end. */
  serverUrl: string;
  /** For how long a claim of the service counts unless it is renewed; a workflow's claim lasts as long as its run. */
  leaseSeconds?: number;
}

/** An event's wish that a task be run: who wants it, where its issue is, and since when. Made by `triggers/`. */
export interface Dispatch {
  event:
    | "issues"
    | "issue_comment"
    | "workflow_dispatch"
    | "repository_dispatch"
    | "schedule"
    | "poll"
    | "command-line";
  repository: RepositoryName;
  issueNumber: number;
  /** Whoever set the event off; authorised, unlike the issue's author. */
  sender: Actor;
  /** Asked for by hand (`/agent …`, a manual dispatch), so that the trigger label may be missing. */
  manual: boolean;
  /** ISO 8601, GitHub's clock; `null` where the event does not say when it happened. */
  happenedAt: string | null;
  /** The issue inside the event: the body that stood there when the sender vouched for it. */
  issue: Issue | null;
  /** The trigger comment of an `issue_comment` event, to be acknowledged. */
  commentId: number | null;
}

/** What a trigger makes of an event: a dispatch, a task that has no issue yet, or a reason to stay quiet. */
export type Trigger =
  | { kind: "dispatch"; dispatch: Dispatch }
  | { kind: "unfiled"; repository: RepositoryName; sender: Actor; payload: UnfiledTask }
  | { kind: "ignored"; reason: string };

/** A whole task that came in a `repository_dispatch` payload; it gets a dispatch issue before it runs. */
export interface UnfiledTask {
  taskId: string;
  instruction: string;
  title: string | null;
  userId: string | null;
  targetRepository: RepositoryName | null;
  /** The backend's signature over the task and its expiry, as they came. */
  signed?: { signature: string; expires: string };
}

/** What the issue's text says, by the contract's section 1; no defaults filled in. Made by `parse-task.ts`. */
export interface ParsedTask {
  taskId: string;
  userId: string | null;
  instruction: string;
  title: string;
  /** From the text; `null` leaves it to the configuration. */
  targetRepository: RepositoryName | null;
  /** The pull request to build on, of a target of type `pr`. */
  targetPullRequest: number | null;
  /** All keys of the metadata comment; empty where there is none. */
  metadata: Record<string, unknown>;
  /** Whether a metadata comment (or plain `task_id:` line) named the task, or it was derived from the issue. */
  origin: "metadata" | "fields" | "derived";
}

/** A task that may run: its text is parsed, its sender and its target are allowed. A plain JSON value. */
export interface Task extends ParsedTask {
  issue: { repository: RepositoryName; number: number; url: string };
  target: {
    /** As the API names it, also after a rename. */
    repository: RepositoryName;
    /** Git URL without credentials. */
    cloneUrl: string;
    /** Branch that the work starts from and the pull request goes to. */
    base: string;
    /** Open pull request of the target that the task builds on; `base` is then its head branch. */
    pullRequest: number | null;
  };
  /** Branch that the work is pushed to. */
  branch: string;
  /** 1 for the first try. */
  attempt: number;
}

/** How the processing step describes its work (the contract's `AGENT_RESULT_FILE`); all of it is outside text. */
export interface StepResult {
  status?: "changed" | "no_change" | "needs_input" | "failed" | undefined;
  title?: string | undefined;
  /** Markdown. */
  summary?: string | undefined;
  commit_message?: string | undefined;
  question?: string | undefined;
  usage?: Usage | undefined;
  assessment?: Assessment | undefined;
}

/** What the step itself makes of its work, for an approver; it may raise the risk, never lower it. */
export interface Assessment {
  risk_level?: "low" | "medium" | "high" | undefined;
  /** From 0 to 1. */
  confidence?: number | undefined;
  issues_found?: string[] | undefined;
  /** Markdown. */
  analysis?: string | undefined;
}

export interface Usage {
  model?: string | undefined;
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  cost_usd?: number | undefined;
  turns?: number | undefined;
}

/** One changed path between the base and the proposal, from `git diff --raw -z --no-renames`. */
export interface Change {
  /** Path as bytes in latin-1, so that no name is lost or made equal to another; decode for people only. */
  path: string;
  status: "added" | "modified" | "deleted" | "type-changed";
  /** Octal git modes, `000000` where there is none: `100644`, `100755`, `120000` (link), `160000` (gitlink). */
  oldMode: string;
  newMode: string;
  oldOid: Oid;
  newOid: Oid;
}

export interface DiffStat {
  files: number;
  insertions: number;
  deletions: number;
  /** `git diff --stat`, at most a screenful. */
  text: string;
}

/** Where the work starts from, and what the push may replace. */
export interface Start {
  /** Commit that the step sees. */
  oid: Oid;
  /** Tip of the task's branch when it was read; the push's lease. `null`: the branch does not exist. */
  branchTip: Oid | null;
  /** Whether the work is built on commits that somebody else pushed to the task's branch. */
  builtUpon: boolean;
}

/** What the processing step proposes: all that `act` needs, and all that an approver sees. A plain JSON value. */
export type Proposal = {
  task: Task;
  /** Commit that the work was made on, and what the push may replace. */
  start: Start;
  result: StepResult;
  /** Last lines the step printed, for people; redacted, at most 4 KiB. */
  outputTail: string;
  /** Things that were made and are not in the tree (ignored files, stray commits, nested repositories), for people. */
  leftOut: string[];
} & (
  | { kind: "changes" /** Tree with the whole work. */; tree: Oid }
  | { kind: "no-changes"; reason: string }
  | { kind: "needs-input"; question: string }
);

export interface PullRequest {
  number: number;
  url: string;
  state: "open" | "closed";
  merged: boolean;
  draft: boolean;
  title: string;
  body: string;
  head: { repository: RepositoryName | null; ref: string; oid: Oid };
  base: { ref: string };
}

export type PullRequestOperation = "created" | "updated" | "none";

/** What the target's branch holds. */
export interface Pushed {
  branch: string;
  commit: Oid;
}

/** Where the run ended. Every task ends in exactly one of these; only `failed` and `cancelled` fail the step. */
export type Outcome =
  | ({ kind: "opened" | "updated"; pullRequest: PullRequest; notes: string[] } & Pushed)
  | {
      kind: "no-changes";
      reason: string /** What the step printed last, if anything. */;
      quote: string | null;
    }
  | { kind: "needs-input"; question: string }
  | { kind: "ignored" | "denied" | "duplicate"; reason: string }
  | { kind: "cancelled"; reason: string }
  | {
      kind: "failed";
      code: FailureCode;
      step: Stage;
      /** Our words, Markdown. */
      detail: string;
      /** Somebody else's words (a step's output, a server's message), to be quoted. */
      quote: string | null;
      notes: string[];
    };

/** How any run of ours ends: of a task, or of one of the halves. */
export type End = Outcome | { kind: "investigated" | "acted" };

/** The stages that a person sees in the checklist, in their order. */
export const STAGES = ["authorise", "checkout", "process", "check", "push", "pull-request"] as const;
export type Stage = (typeof STAGES)[number];

/** The published, stable codes; titles and remedies are in `failure.ts`. */
export const FAILURE_CODES = [
  "invalid-input",
  "invalid-event",
  "invalid-task",
  "invalid-policy",
  "bad-credentials",
  "target-not-found",
  "target-archived",
  "target-empty",
  "base-not-found",
  "issue-not-found",
  "missing-permission",
  "not-permitted",
  "pull-requests-not-allowed",
  "workflow-permission",
  "processor-not-found",
  "isolation-unavailable",
  "command-failed",
  "step-failed",
  "invalid-result",
  "timeout",
  "patch-failed",
  "protected-path",
  "too-large",
  "secret-found",
  "branch-protected",
  "push-rejected",
  "not-signed",
  "invalid-report",
  "report-mismatch",
  "report-expired",
  "base-moved",
  "environment-unprotected",
  "not-approved",
  "action-failed",
  "audit-failed",
  "git-failed",
  "rate-limited",
  "github-refused",
  "github-unavailable",
  "cancelled",
  "unexpected",
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];
