/** What can happen to an issue or a pull request, whoever asks for it: a route of the API or a test. */
import { invalid } from "./answer.ts";
import type { Comment, Issue, Pull, Repository } from "./model.ts";
import type { Author, State } from "./state.ts";
import { checkComment } from "./text-limits.ts";

export interface NewIssue {
  title: string;
  body: string | null;
  labels?: string[];
  assignees?: string[];
  pull?: Pull;
  /** Higher than every number before; default the next one. */
  number?: number;
}

/** Opens an issue or pull request, under the repository's next number where none is told. */
export function openIssue(state: State, repository: Repository, wanted: NewIssue, by: Author): Issue {
  const now = state.now();
  const issue: Issue = {
    id: state.nextId(),
    number: wanted.number ?? (repository.issues.at(-1)?.number ?? 0) + 1,
    title: wanted.title,
    body: wanted.body,
    ...by,
    state: "open",
    stateReason: null,
    labels: [],
    assignees: [],
    comments: [],
    events: [],
    reactions: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    pull: wanted.pull ?? null,
  };
  repository.issues.push(issue);
  addLabels(state, repository, issue, wanted.labels ?? [], by);
  assign(state, repository, issue, wanted.assignees ?? [], by);
  return issue;
}

export function addLabels(
  state: State,
  repository: Repository,
  issue: Issue,
  names: string[],
  by: Author,
): void {
  for (const name of names) {
    if (name.length === 0 || [...name].length > 50) {
      throw invalid({ resource: "Label", code: "invalid", field: "name" });
    }
    const label = state.label(repository, name);
    if (issue.labels.includes(label)) continue;
    issue.labels.push(label);
    state.recordEvent(issue, "labeled", by, { label: { name: label.name, color: label.color } });
  }
}

/** Takes a label off; false where it was not set. */
export function removeLabel(state: State, issue: Issue, name: string, by: Author): boolean {
  const label = issue.labels.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (label === undefined) return false;
  issue.labels = issue.labels.filter((one) => one !== label);
  state.recordEvent(issue, "unlabeled", by, { label: { name: label.name, color: label.color } });
  return true;
}

/** Makes the issue's labels exactly these. */
export function setLabels(
  state: State,
  repository: Repository,
  issue: Issue,
  names: string[],
  by: Author,
): void {
  const wanted = names.map((name) => name.toLowerCase());
  for (const { name } of issue.labels)
    if (!wanted.includes(name.toLowerCase())) removeLabel(state, issue, name, by);
  addLabels(state, repository, issue, names, by);
}

/** Assigns those who have access; GitHub passes over the others in silence. */
export function assign(
  state: State,
  repository: Repository,
  issue: Issue,
  logins: string[],
  by: Author,
): void {
  for (const login of logins) {
    const user = state.findUser(login);
    const isOwner = user === repository.owner && user.type === "User";
    if (user === undefined || !(isOwner || repository.collaborators.has(login.toLowerCase()))) continue;
    if (issue.assignees.includes(user)) continue;
    issue.assignees.push(user);
    state.recordEvent(issue, "assigned", by);
  }
}

export function setState(
  state: State,
  issue: Issue,
  wanted: "open" | "closed",
  by: Author,
  reason?: string,
): void {
  if (issue.state === wanted) return;
  issue.state = wanted;
  const closed = wanted === "closed";
  const closedReason = issue.pull === null ? (reason ?? "completed") : null;
  issue.stateReason = closed ? closedReason : "reopened";
  state.recordEvent(issue, closed ? "closed" : "reopened", by, closed ? { state_reason: closedReason } : {});
  issue.closedAt = closed ? issue.updatedAt : null;
  issue.closedBy = closed ? by.author : null;
}

export function setTitle(state: State, issue: Issue, title: string, by: Author): void {
  if (title === issue.title) return;
  const rename = { from: issue.title, to: title };
  issue.title = title;
  state.recordEvent(issue, "renamed", by, { rename });
}

export function addComment(state: State, issue: Issue, body: unknown, by: Author): Comment {
  const now = state.now();
  const text = checkComment(body);
  const comment = { id: state.nextId(), ...by, body: text, createdAt: now, updatedAt: now, reactions: [] };
  issue.comments.push(comment);
  issue.updatedAt = now;
  return comment;
}

export function editComment(state: State, comment: Comment, body: unknown): void {
  comment.body = checkComment(body);
  comment.updatedAt = state.now();
}
