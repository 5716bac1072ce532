import { createRequire } from "node:module";
import type { LoopbackGitHub } from "./github.ts";
import { addComment, addLabels, removeLabel } from "./issues.ts";
import type { Actor, Repository } from "./model.ts";
import { pullsOf } from "./pulls.ts";
import { renderComment, renderIssue, renderLabel } from "./render/issue.ts";
import { renderPull } from "./render/pull.ts";
import { renderRepository } from "./render/repository.ts";
import { type Json, renderUser } from "./render/user.ts";
import { by } from "./state.ts";

type Example = { action?: string } & Json;

let published: { name: string; examples: Example[] }[] | null = null;

/** A real payload of that event, with GitHub's own action where there is an example of it. */
function example(name: string, action?: string): Json {
  // Read at the first use: the examples are four megabytes, and a server alone has no need of them.
  published ??= createRequire(import.meta.url)("@octokit/webhooks-examples") as typeof published;
  const found = published?.find((event) => event.name === name)?.examples ?? [];
  const chosen = found.find((one) => one.action === action) ?? found[0];
  if (chosen === undefined) throw new Error(`There is no published example of ${name}.`);
  const { installation: _app, organization: _owner, changes: _changes, ...payload } = structuredClone(chosen);
  return payload;
}

/** What every payload says of where it happened and by whom. */
function common(github: LoopbackGitHub, repository: Repository, sender: Actor): Json {
  const { state } = github;
  const owner = renderUser(state, repository.owner);
  return {
    repository: renderRepository(state, repository),
    ...(repository.owner.type === "Organization" ? { organization: owner } : {}),
    sender: renderUser(state, state.user(sender)),
  };
}

export interface IssuesEvent {
  action: "opened" | "labeled" | "unlabeled" | "edited" | "closed" | "reopened" | "assigned";
  repo: string;
  number: number;
  sender: Actor;
  /** The label of `labeled` and `unlabeled`. */
  label?: string;
}

/** An `issues` event. `labeled` and `unlabeled` also set the label, or take it off, where that is still to be done. */
export function issuesEvent(
  github: LoopbackGitHub,
  { action, repo, number, sender, label }: IssuesEvent,
): Json {
  const { state } = github;
  const { repository, issue } = state.issue(repo, number);
  const author = by(state, sender);
  if (action === "labeled" && label !== undefined) addLabels(state, repository, issue, [label], author);
  if (action === "unlabeled" && label !== undefined) removeLabel(state, issue, label, author);
  const { label: _label, assignee: _assignee, ...payload } = example("issues", action);
  return {
    ...payload,
    action,
    issue: renderIssue(state, repository, issue),
    ...(label === undefined ? {} : { label: renderLabel(state, repository, state.label(repository, label)) }),
    ...common(github, repository, sender),
  };
}

export interface IssueCommentEvent {
  action?: "created" | "edited" | "deleted";
  repo: string;
  number: number;
  sender: Actor;
  /** The text of a new comment, or the id of one that is there. */
  comment: string | number;
}

/** An `issue_comment` event; a text as `comment` is first written onto the issue by the sender. */
export function issueCommentEvent(github: LoopbackGitHub, event: IssueCommentEvent): Json {
  const { action = "created", repo, number, sender } = event;
  const { state } = github;
  const { repository, issue } = state.issue(repo, number);
  const author = by(state, sender);
  const comment =
    typeof event.comment === "string"
      ? addComment(state, issue, event.comment, author)
      : issue.comments.find(({ id }) => id === event.comment);
  if (comment === undefined) throw new Error(`Issue ${number} has no comment ${event.comment}.`);
  return {
    ...example("issue_comment", action),
    action,
    issue: renderIssue(state, repository, issue),
    comment: renderComment(state, repository, issue, comment),
    ...common(github, repository, sender),
  };
}

/** The `pull_request.opened` event of a pull request that is there. */
export function pullRequestOpenedEvent(github: LoopbackGitHub, repo: string, number: number): Json {
  const { state } = github;
  const repository = state.repository(repo);
  const pull = pullsOf(repository).find((one) => one.number === number);
  if (pull === undefined) throw new Error(`${repo} has no pull request ${number}.`);
  return {
    ...example("pull_request", "opened"),
    number,
    pull_request: renderPull(state, repository, pull),
    ...common(github, repository, pull.author),
  };
}

export interface WorkflowDispatchEvent {
  repo: string;
  inputs: Record<string, string> | null;
  sender: Actor;
  workflow?: string;
}

export function workflowDispatchEvent(github: LoopbackGitHub, event: WorkflowDispatchEvent): Json {
  const repository = github.state.repository(event.repo);
  return {
    ...example("workflow_dispatch"),
    inputs: event.inputs,
    ref: `refs/heads/${repository.defaultBranch}`,
    workflow: event.workflow ?? ".github/workflows/agent-runner.yml",
    ...common(github, repository, event.sender),
  };
}

export interface RepositoryDispatchEvent {
  repo: string;
  eventType: string;
  clientPayload: Json;
  sender: Actor;
}

/** A `repository_dispatch` event: GitHub calls the event type its `action`. */
export function repositoryDispatchEvent(github: LoopbackGitHub, event: RepositoryDispatchEvent): Json {
  const repository = github.state.repository(event.repo);
  return {
    ...example("repository_dispatch"),
    action: event.eventType,
    branch: repository.defaultBranch,
    client_payload: event.clientPayload,
    ...common(github, repository, event.sender),
  };
}
