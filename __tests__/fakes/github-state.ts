import type {
  Clock,
  Comment,
  IssueLabelling,
  Permission,
  Repository,
  Reviewers,
  RunReview,
} from "../../src/ports.ts";
import type { Actor, Issue, PullRequest } from "../../src/task.ts";

export type StoredComment = Comment & { repository: string; issueNumber: number };

/** What the fake holds, for tests to set and to read. */
export interface State {
  /** Whose token it is; `null`: an installation's, which may not ask. */
  viewer: Actor | null;
  /** Whoever the API says wrote with the token. */
  author: Actor;
  /** By their names in small letters, so that an old name can lead to a new one. */
  repositories: Map<string, Repository>;
  permissions: Map<string, Permission>;
  issues: Issue[];
  comments: StoredComment[];
  pulls: PullRequest[];
  /** Labels that somebody set, whatever the label. */
  labellings: IssueLabelling[];
  /** Text files of the default branch, by their paths. */
  files: Map<string, string>;
  runs: Map<number, { createdAt: string; ended: boolean }>;
  environments: Map<string, Reviewers>;
  /** Of whichever run. */
  reviews: RunReview[];
  /** Reviewers, teams and assignees that were asked for, and comments that got eyes. */
  asked: string[];
}

export function stored(state: State, number: number): Issue {
  const issue = state.issues.find((each) => each.number === number);
  if (!issue) throw new Error(`The fake has no issue ${number}.`);
  return issue;
}

export function addComment(
  state: State,
  clock: Clock,
  id: number,
  repository: string,
  issueNumber: number,
  author: Actor,
  body: string,
): StoredComment {
  const url = `https://github.com/${repository}/issues/${issueNumber}#issuecomment-${id}`;
  const createdAt = clock.now().toISOString();
  const viaApp = author.type === "Bot";
  const comment = { id, url, body, author, viaApp, createdAt, repository, issueNumber };
  state.comments.push(comment);
  return comment;
}
