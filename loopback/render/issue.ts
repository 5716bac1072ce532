import type { Comment, Issue, IssueEvent, Label, Reaction, Repository, User } from "../model.ts";
import type { State } from "../state.ts";
import { apiUrl, pageUrl } from "./repository.ts";
import { type Json, nodeId, renderApp, renderUser } from "./user.ts";

const EMOJI = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

export function renderLabel(state: State, repository: Repository, label: Label): Json {
  return {
    id: label.id,
    node_id: nodeId("Label", label.id),
    url: `${apiUrl(state, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: label.description,
    color: label.color,
    default: false,
  };
}

/** How somebody stands to a repository, as GitHub writes it beside everything that they write there. */
export function association(repository: Repository, user: User): string {
  if (user.login === repository.owner.login) return "OWNER";
  const role = repository.collaborators.get(user.login.toLowerCase()) ?? "none";
  if (user.type === "Bot" || role === "none") return "NONE";
  return repository.owner.type === "Organization" ? "MEMBER" : "COLLABORATOR";
}

function rollup(url: string, reactions: Reaction[]): Json {
  const count = (content: string) => reactions.filter((reaction) => reaction.content === content).length;
  return { url, total_count: reactions.length, ...Object.fromEntries(EMOJI.map((one) => [one, count(one)])) };
}

export function renderReaction(state: State, reaction: Reaction): Json {
  return {
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: renderUser(state, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

export function renderComment(state: State, repository: Repository, issue: Issue, comment: Comment): Json {
  const url = `${apiUrl(state, repository)}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${issuePage(state, repository, issue)}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl(state, repository)}/issues/${issue.number}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: renderUser(state, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: association(repository, comment.author),
    reactions: rollup(`${url}/reactions`, comment.reactions),
    performed_via_github_app: renderApp(state, comment.appSlug),
  };
}

/** The address of an issue or pull request for people. */
export function issuePage(state: State, repository: Repository, issue: Issue): string {
  return `${pageUrl(state, repository)}/${issue.pull === null ? "issues" : "pull"}/${issue.number}`;
}

function pullLinks(state: State, repository: Repository, issue: Issue): Json {
  if (issue.pull === null) return {};
  const page = issuePage(state, repository, issue);
  return {
    draft: issue.pull.draft,
    pull_request: {
      url: `${apiUrl(state, repository)}/pulls/${issue.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: issue.pull.mergedAt,
    },
  };
}

/** GitHub's `issue`; pull requests are issues too. */
export function renderIssue(state: State, repository: Repository, issue: Issue): Json {
  const url = `${apiUrl(state, repository)}/issues/${issue.number}`;
  const [assignee] = issue.assignees;
  return {
    url,
    repository_url: apiUrl(state, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: issuePage(state, repository, issue),
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    number: issue.number,
    title: issue.title,
    user: renderUser(state, issue.author),
    labels: issue.labels.map((label) => renderLabel(state, repository, label)),
    state: issue.state,
    locked: false,
    assignee: assignee === undefined ? null : renderUser(state, assignee),
    assignees: issue.assignees.map((user) => renderUser(state, user)),
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: association(repository, issue.author),
    active_lock_reason: null,
    ...pullLinks(state, repository, issue),
    body: issue.body,
    closed_by: issue.closedBy === null ? null : renderUser(state, issue.closedBy),
    reactions: rollup(`${url}/reactions`, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: renderApp(state, issue.appSlug),
    state_reason: issue.stateReason,
  };
}

export function renderEvent(state: State, repository: Repository, event: IssueEvent): Json {
  return {
    id: event.id,
    node_id: nodeId("Event", event.id),
    url: `${apiUrl(state, repository)}/issues/events/${event.id}`,
    actor: renderUser(state, event.actor),
    event: event.event,
    commit_id: null,
    commit_url: null,
    created_at: event.createdAt,
    performed_via_github_app: renderApp(state, event.appSlug),
    ...event.detail,
  };
}

/** A comment as a row of the timeline. */
export function renderTimelineComment(
  state: State,
  repository: Repository,
  issue: Issue,
  comment: Comment,
): Json {
  const rendered = renderComment(state, repository, issue, comment);
  return { ...rendered, event: "commented", actor: rendered.user };
}
