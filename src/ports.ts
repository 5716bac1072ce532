/** All that the core may do outside of itself. `adapters/` implement these; tests hand in fakes. */

import type { TaskFailure } from "./failure.ts";
import type { FoundSecret } from "./redact.ts";
import type { Actor, Change, DiffStat, Issue, Oid, PullRequest, RepositoryName, Stage } from "./task.ts";

/** What a whole run is given; functions take the part they need with `Pick`. */
export interface Ports {
  /** GitHub with the dispatch repository's token. */
  dispatch: GitHub;
  /** GitHub with the target repository's token. */
  target: GitHub;
  /** Git with the target repository's token. */
  git: Git;
  /** The same for claims, which a cancelled run still gives back. */
  claims: Git;
  steps: Steps;
  artifacts: Artifacts;
  /** Where a content, as it would be pushed, holds a secret: one of this run, or one of a well-known shape. */
  findSecrets(content: string | Uint8Array): FoundSecret[];
  /** Missing where nobody wants to be told. */
  callback?: Callback;
  /** Missing where nobody watches. */
  watch?: Watch;
  audit: Audit;
  log: Log;
  clock: Clock;
  /** Aborted when the run is cancelled; its reason is a `TaskFailure("cancelled", …)`. */
  cancellation: AbortSignal;
}

/** Tells a backend, whose address comes from the configuration alone, of a task's end. */
export interface Callback {
  /** Signs the body and posts it, again where that may help; throws where it was not taken. */
  deliver(delivery: Delivery): Promise<void>;
}

/** Is told where the run is while it goes on. */
export interface Watch {
  /** A stage begins. */
  enter(stage: Stage): void;
}

export interface Delivery {
  /** A UUID, the same each time that the same end is told, so that the receiver can take it once. */
  id: string;
  /** JSON. */
  body: string;
}

/** Takes down what happens, for people who must answer for it. */
export interface Audit {
  /** Never throws; what could not be kept or delivered is told at the end. */
  record(entry: AuditEntry): void;
  /** Throws `audit-failed` where the trail is required and not all entries so far could be delivered, in 15 seconds. */
  ensureDelivered(): Promise<void>;
}

/** One thing that happened, in the terms of the AIMgentix event schema; the trail adds who ran, when, and the trace. */
export interface AuditEntry {
  /** `agent`: the processing step; `human`: whoever asked or approved; `system`: agent-runner. */
  actor: "agent" | "human" | "system";
  actionType:
    | "tool_call"
    | "http_request"
    | "db_query"
    | "file_read"
    | "file_write"
    | "api_call"
    | "policy_check";
  /** What it was done to, such as `owner/name#12`; cut at 1024 characters. */
  resource: string;
  status: "success" | "error" | "pending" | "denied";
  /** Milliseconds, from 0; `null` for what takes no time or has only begun. */
  latencyMs: number | null;
  /** JSON. `step` names what was done. */
  metadata: { step: string } & Record<string, unknown>;
}

/** Files that outlive the run, for the workflow to upload. */
export interface Artifacts {
  /** A new folder whose name begins so; gives its absolute path. */
  makeFolder(name: string): Promise<string>;
  write(path: string, content: Uint8Array): Promise<void>;
  /** The bytes of a file that an enemy may have laid there: a regular one of at most `maxBytes`, else `invalid-report`. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
}

export interface Clock {
  /** This machine's clock; times that are compared with GitHub's come from GitHub. */
  now(): Date;
  /** Ends early, and without an error, where the signal is aborted. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Does the work later, unless it is called off or the run ends before. */
  later(milliseconds: number, work: () => void): { callOff(): void };
}

/** The run's log. Every text is redacted; text from outside can command nothing. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  /** Folds everything logged while `work` runs. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** One line that somebody else wrote (a step's output, a remote's message), without its line end. */
  outside(line: string): void;
}

/**
 * A write whose answer was lost: the socket dropped, the server failed (5xx) or the body could not be read.
 * It may have taken effect; look it up before trying again.
 */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
}

export interface Comment {
  id: number;
  url: string;
  body: string;
  author: Actor;
  /** Whether GitHub says that an app's token wrote it (`performed_via_github_app`). */
  viaApp: boolean;
  /** ISO 8601, GitHub's clock. */
  createdAt: string;
}

/** One setting of a label. */
export interface Labelling {
  actor: Actor;
  /** ISO 8601, GitHub's clock. */
  at: string;
}

export interface IssueLabelling extends Labelling {
  issueNumber: number;
}

export interface Repository {
  /** As the API names it now. */
  name: RepositoryName;
  defaultBranch: string;
  archived: boolean;
  /** Whether it has pull requests at all: their feature can be turned off. */
  hasPullRequests: boolean;
}

/** Logins of users and slugs of teams. */
export interface Reviewers {
  users: string[];
  teams: string[];
}

/** One person's word on a run's deployments to environments. */
export interface RunReview {
  state: "approved" | "rejected" | "pending";
  by: string;
  comment: string;
  environments: string[];
}

export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** A commit of a branch as `GET /compare` lists it. */
export interface ComparedCommit {
  message: string;
  committer: { name: string; email: string };
  /** The author of a commit that GitHub itself made and signed (through its API or its pages); `null` for all others. */
  signedFor: { name: string; email: string } | null;
}

/**
 * GitHub's REST API, in our nouns. Reads are retried; they throw `TaskFailure` (`bad-credentials`, `missing-permission`,
 * `rate-limited`, `github-unavailable`) and give `null` for a 404 where the type says so. Writes are never repeated by the
 * adapter: they throw `AnswerLost` where the outcome is unknown.
 */
export interface GitHub {
  /** GitHub's clock, by the `Date` of its last answer. */
  now(): Date;
  /** Whose token it is; `null` where GitHub does not tell an app. */
  viewer(): Promise<Actor | null>;
  /** Follows renames: the answer's `name` is the one to trust. */
  repository(name: RepositoryName): Promise<Repository | null>;
  permission(repository: RepositoryName, login: string): Promise<Permission>;
  issue(repository: RepositoryName, number: number): Promise<Issue | null>;
  /** All pages, oldest first. */
  issuesLabelled(repository: RepositoryName, label: string, state: "open" | "all"): Promise<Issue[]>;
  /** All pages, oldest first. */
  comments(repository: RepositoryName, number: number): Promise<Comment[]>;
  pullRequest(repository: RepositoryName, number: number): Promise<PullRequest | null>;
  /** Of one head branch of the same repository, any state, newest first. */
  pullRequestsFrom(repository: RepositoryName, branch: string): Promise<PullRequest[]>;
  /** Commits of `head` that `base` lacks, oldest first (at most 250); `null` where one of them does not exist. */
  commitsAhead(repository: RepositoryName, base: string, head: string): Promise<ComparedCommit[] | null>;
  /** Who set the label on the issue last; `null` where its history does not tell. */
  labelledBy(repository: RepositoryName, number: number, label: string): Promise<Labelling | null>;
  /** Whoever set the label since that time (ISO 8601), on any issue, in no certain order. */
  labellingsSince(repository: RepositoryName, label: string, since: string): Promise<IssueLabelling[]>;
  /** Comments on any issue that were written or edited since that time (ISO 8601), all pages. */
  commentsSince(repository: RepositoryName, since: string): Promise<(Comment & { issueNumber: number })[]>;
  /** A file of the default branch (UTF-8, at most 1 MiB); `null` where there is no such file. */
  textFile(repository: RepositoryName, path: string): Promise<string | null>;
  /** Whom an environment for deployments asks for approval, none where it has no such rule; `null` where there is no environment. */
  environmentReviewers(repository: RepositoryName, environment: string): Promise<Reviewers | null>;
  /** What people said to the deployments of a workflow run, over all of its attempts, oldest first. */
  runReviews(repository: RepositoryName, id: number): Promise<RunReview[]>;
  /** When the workflow run was created (ISO 8601) and whether it has ended. */
  workflowRun(repository: RepositoryName, id: number): Promise<{ createdAt: string; ended: boolean } | null>;

  createIssue(
    repository: RepositoryName,
    issue: { title: string; body: string; labels: string[] },
  ): Promise<Issue>;
  /** As not planned. */
  closeIssue(repository: RepositoryName, number: number): Promise<void>;
  createComment(repository: RepositoryName, number: number, body: string): Promise<Comment>;
  updateComment(repository: RepositoryName, id: number, body: string): Promise<void>;
  deleteComment(repository: RepositoryName, id: number): Promise<void>;
  /** Adds; gives all labels that the issue then has. */
  addLabels(repository: RepositoryName, number: number, labels: string[]): Promise<string[]>;
  replaceLabels(repository: RepositoryName, number: number, labels: string[]): Promise<void>;
  createPullRequest(repository: RepositoryName, pull: NewPullRequest): Promise<CreatedPullRequest>;
  updatePullRequest(
    repository: RepositoryName,
    number: number,
    change: { title?: string; body?: string },
  ): Promise<void>;
  requestReviewers(
    repository: RepositoryName,
    number: number,
    users: string[],
    teams: string[],
  ): Promise<void>;
  addAssignees(repository: RepositoryName, number: number, users: string[]): Promise<void>;
  /** Eyes on the comment that asked: 👀. */
  acknowledge(repository: RepositoryName, commentId: number): Promise<void>;
}

export interface NewPullRequest {
  title: string;
  body: string;
  head: string;
  base: string;
  draft: boolean;
}

/** Creating a pull request answers with one, or with why there can be none (both are 422 at GitHub). */
export type CreatedPullRequest =
  | { kind: "created"; pullRequest: PullRequest }
  | { kind: "exists" }
  | { kind: "no-commits" };

/** Git on a remote repository that is reached with the target's token. Failures are `TaskFailure`s. */
export interface Git {
  /** Makes a private, empty git directory that knows the remote; nothing is fetched yet. */
  open(url: string): Promise<GitStore>;
  /** Makes a repository in a new folder for a processing step, and fetches the wanted refs with all files, depth 1. */
  checkout(url: string, want: WantedRefs): Promise<Checkout>;
}

/** Branch names without `refs/heads/`. `base` must exist (else `base-not-found`), `branch` may be missing. */
export interface WantedRefs {
  base: string;
  branch: string;
}

export interface FoundRefs {
  base: Oid;
  branch: Oid | null;
}

/** A work tree for a processing step, with a `.git` of its own that is hostile from the first moment of the step on. */
export interface Checkout {
  path: string;
  refs: FoundRefs;
  /** Puts the files of the commit into the work tree, on a branch of that name. */
  switchTo(commit: Oid): Promise<void>;
  /** May be called twice; never fails. */
  dispose(): Promise<void>;
}

/** A private git directory. No step ever sees it: it is made after the step, or no step runs at all. */
export interface GitStore {
  /** Fetches commits and trees, no files, depth 1. */
  fetch(want: WantedRefs): Promise<FoundRefs>;
  /** The same for commits that are known by id. */
  fetchCommits(commits: Oid[]): Promise<void>;
  /** Applies unified diffs, all or nothing; gives the tree. Throws `patch-failed` naming block and line. */
  applyDiffs(base: Oid, diffs: DiffBlock[]): Promise<Oid>;
  /** Applies what `patch` made, byte for byte; gives the tree. Throws `patch-failed` where it does not fit exactly. */
  applyPatch(base: Oid, patch: Uint8Array): Promise<Oid>;
  /** Puts files (path → UTF-8 text) over a commit's tree; gives the tree. */
  writeFiles(base: Oid, files: Record<string, string>): Promise<Oid>;
  /** Takes the work tree of a finished step as a tree, and meanwhile fetches the commits as `fetchCommits` does. */
  snapshot(checkout: Checkout, commits: Oid[]): Promise<{ tree: Oid; leftOut: string[] }>;
  treeOf(commit: Oid): Promise<Oid>;
  changes(from: Oid, to: Oid): Promise<Change[]>;
  stat(from: Oid, to: Oid): Promise<DiffStat>;
  /** A binary-safe patch, `git diff --binary --full-index --no-renames`; `null` where it is longer than `maxBytes`. */
  patch(from: Oid, to: Oid, maxBytes: number): Promise<Buffer | null>;
  /** The bytes of small blobs, in the order asked; `null` for one longer than `maxBytes`. */
  readBlobs(blobs: Oid[], maxBytes: number): Promise<(Buffer | null)[]>;
  /** Throws `not-signed` where GitHub does not sign for the token. */
  commit(commit: NewCommit): Promise<Oid>;
  /**
   * Pushes to `refs/heads/<branch>` where it still is at `expected` (`null`: must not exist).
   * Gives "moved" where it is not. Throws `branch-protected`, `workflow-permission`, `missing-permission`, `push-rejected`.
   */
  push(push: { commit: Oid; branch: string; expected: Oid | null }): Promise<"pushed" | "moved">;
  /** Writes a bundle of `commit` (without the history of `base`) to `file`. */
  bundle(commit: Oid, base: Oid, branch: string, file: string): Promise<void>;
  /** Creates a ref that must not exist, on a new commit of the empty tree with that message; `null` if somebody else was first. */
  createRef(ref: string, message: string): Promise<Oid | null>;
  /** The ref's commit and its message. */
  readRef(ref: string): Promise<{ oid: Oid; message: string } | null>;
  /** The same for all refs whose names begin with `folder`, which ends with a slash. */
  readRefs(folder: string): Promise<{ ref: string; oid: Oid; message: string }[]>;
  /** Compare-and-swap to a new commit with that message; `null` where the ref is no longer at `expected`. */
  replaceRef(ref: string, expected: Oid, message: string): Promise<Oid | null>;
  /** `false` where the ref is no longer at `expected`. */
  deleteRef(ref: string, expected: Oid): Promise<boolean>;
  /** May be called twice; never fails. */
  dispose(): Promise<void>;
}

/** One fenced diff of an instruction. */
export interface DiffBlock {
  /** Line of the instruction on which the diff's text begins, from 1. */
  line: number;
  text: string;
}

export interface NewCommit {
  tree: Oid;
  parents: Oid[];
  message: string;
  author: Identity;
  committer: Identity;
  /** Made by GitHub, which signs it and is its committer; the author is then the token's account. Default `false`. */
  signed?: boolean;
}

export interface Identity {
  name: string;
  email: string;
}

/** Runs processing steps, bounded in time, output and offspring. */
export interface Steps {
  run(step: Step): Promise<StepEnd>;
}

export interface Step {
  /** A shell script for `bash -eo pipefail`. */
  script: string;
  directory: string;
  /** Files laid beside the checkout for the step; variable → content. Their paths are in the environment under that name. */
  files: Record<string, string>;
  /** Variable whose path the step may write its result to. */
  resultVariable: string;
  /** Added to the small, listed environment. */
  environment: Record<string, string>;
  input: string;
  timeoutMs: number;
}

export interface StepEnd {
  /** How it ended; nothing that it started is alive any more. */
  end:
    | { kind: "exit"; code: number }
    | { kind: "signal"; signal: string }
    | { kind: "timeout" }
    | { kind: "cancelled" };
  /** Last lines of its output, at most 4 KiB, redacted. */
  outputTail: string;
  /** What it wrote to the result file, at most 1 MiB; `null` if nothing, the failure `invalid-result` if it cannot be read. */
  result: string | TaskFailure | null;
}
