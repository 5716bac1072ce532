import { fullName, type Issue, type Pull, type Repository } from "../model.ts";
import type { State } from "../state.ts";
import { association, issuePage, renderLabel } from "./issue.ts";
import { apiUrl, pageUrl, renderRepository } from "./repository.ts";
import { type Json, nodeId, renderUser } from "./user.ts";

/** An issue that is a pull request. */
export type PullIssue = Issue & { pull: Pull };

/** What git says of a pull request, needed for GitHub's full answer only. */
export interface PullStatistics {
  commits: number;
  additions: number;
  deletions: number;
  changedFiles: number;
  mergeable: boolean | null;
}

function renderEnd(state: State, repository: Repository, ref: string, sha: string): Json {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: renderUser(state, repository.owner),
    repo: renderRepository(state, repository),
  };
}

/** GitHub's `team`. */
export function renderTeam(state: State, repository: Repository, slug: string): Json {
  const page = `${state.url}/orgs/${repository.owner.login}/teams/${slug}`;
  const url = `${state.url}/organizations/${repository.owner.id}/team/${slug}`;
  return {
    id: repository.owner.id,
    node_id: nodeId("Team", repository.owner.id),
    url,
    html_url: page,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    name: slug,
    slug,
    type: "organization",
    organization_id: repository.owner.id,
    description: null,
    privacy: "closed",
    permission: "pull",
    parent: null,
  };
}

function links(state: State, repository: Repository, issue: PullIssue): Json {
  const api = apiUrl(state, repository);
  return {
    self: { href: `${api}/pulls/${issue.number}` },
    html: { href: issuePage(state, repository, issue) },
    issue: { href: `${api}/issues/${issue.number}` },
    comments: { href: `${api}/issues/${issue.number}/comments` },
    review_comments: { href: `${api}/pulls/${issue.number}/comments` },
    review_comment: { href: `${api}/pulls/comments{/number}` },
    commits: { href: `${api}/pulls/${issue.number}/commits` },
    statuses: { href: `${api}/statuses/${issue.pull.head.oid}` },
  };
}

function addresses(state: State, repository: Repository, issue: PullIssue): Json {
  const api = apiUrl(state, repository);
  const page = `${pageUrl(state, repository)}/pull/${issue.number}`;
  return {
    url: `${api}/pulls/${issue.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: `${api}/issues/${issue.number}`,
    commits_url: `${api}/pulls/${issue.number}/commits`,
    review_comments_url: `${api}/pulls/${issue.number}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${issue.number}/comments`,
    statuses_url: `${api}/statuses/${issue.pull.head.oid}`,
    _links: links(state, repository, issue),
  };
}

/** GitHub's `pull-request-simple`, as lists hold it. */
export function renderPull(state: State, repository: Repository, issue: PullIssue): Json {
  const { pull } = issue;
  const [assignee] = issue.assignees;
  return {
    id: issue.id,
    node_id: nodeId("PullRequest", issue.id),
    ...addresses(state, repository, issue),
    number: issue.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: renderUser(state, issue.author),
    body: issue.body,
    labels: issue.labels.map((label) => renderLabel(state, repository, label)),
    milestone: null,
    active_lock_reason: null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    assignee: assignee === undefined ? null : renderUser(state, assignee),
    assignees: issue.assignees.map((user) => renderUser(state, user)),
    requested_reviewers: pull.reviewers.map((user) => renderUser(state, user)),
    requested_teams: pull.teams.map((slug) => renderTeam(state, repository, slug)),
    head: renderEnd(state, pull.head.repository, pull.head.ref, pull.head.oid),
    base: renderEnd(state, repository, pull.base.ref, pull.base.oid),
    author_association: association(repository, issue.author),
    auto_merge: null,
    draft: pull.draft,
  };
}

/** GitHub's `pull-request`, with what it counts from git. */
export function renderFullPull(
  state: State,
  repository: Repository,
  issue: PullIssue,
  statistics: PullStatistics,
): Json {
  const { pull } = issue;
  return {
    ...renderPull(state, repository, issue),
    merged: pull.mergedAt !== null,
    mergeable: statistics.mergeable,
    rebaseable: statistics.mergeable,
    mergeable_state: statistics.mergeable === null ? "unknown" : statistics.mergeable ? "clean" : "dirty",
    merged_by: pull.mergedBy === null ? null : renderUser(state, pull.mergedBy),
    comments: issue.comments.length,
    review_comments: 0,
    maintainer_can_modify:
      pull.maintainerCanModify && fullName(pull.head.repository) !== fullName(repository),
    commits: statistics.commits,
    additions: statistics.additions,
    deletions: statistics.deletions,
    changed_files: statistics.changedFiles,
  };
}
