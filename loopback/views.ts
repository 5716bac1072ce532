import type { Comment, Issue } from "./model.ts";
import type { PullIssue } from "./render/pull.ts";

/** An issue or pull request in the words of a test. */
export interface IssueView {
  number: number;
  title: string;
  body: string | null;
  author: string;
  state: "open" | "closed";
  stateReason: string | null;
  labels: string[];
  assignees: string[];
  comments: {
    id: number;
    author: string;
    body: string;
    createdAt: string;
    updatedAt: string;
    reactions: string[];
  }[];
  /** Names of the events of its history, with the label's name where one was set or taken off. */
  events: string[];
  reactions: string[];
  createdAt: string;
  updatedAt: string;
}

export interface PullView extends IssueView {
  draft: boolean;
  merged: boolean;
  head: { repository: string; ref: string; oid: string };
  base: { ref: string; oid: string };
  reviewers: string[];
  teams: string[];
}

function viewComment(comment: Comment): IssueView["comments"][number] {
  const { id, body, createdAt, updatedAt } = comment;
  const reactions = comment.reactions.map(({ content }) => content);
  return { id, author: comment.author.login, body, createdAt, updatedAt, reactions };
}

export function viewIssue(issue: Issue): IssueView {
  const { number, title, body, state, stateReason, createdAt, updatedAt } = issue;
  return {
    number,
    title,
    body,
    author: issue.author.login,
    state,
    stateReason,
    labels: issue.labels.map(({ name }) => name),
    assignees: issue.assignees.map(({ login }) => login),
    comments: issue.comments.map(viewComment),
    events: issue.events.map(({ event, detail }) => {
      const label = detail.label as { name: string } | undefined;
      return label === undefined ? event : `${event} ${label.name}`;
    }),
    reactions: issue.reactions.map(({ content }) => content),
    createdAt,
    updatedAt,
  };
}

export function viewPull(issue: PullIssue): PullView {
  const { pull } = issue;
  const { repository, ref, oid } = pull.head;
  return {
    ...viewIssue(issue),
    draft: pull.draft,
    merged: pull.mergedAt !== null,
    head: { repository: `${repository.owner.login}/${repository.name}`, ref, oid },
    base: pull.base,
    reviewers: pull.reviewers.map(({ login }) => login),
    teams: pull.teams,
  };
}
