import type { Clock, GitHub } from "../../src/ports.ts";
import type { Actor, Issue } from "../../src/task.ts";
import { addComment, type State, type StoredComment, stored } from "./github-state.ts";
import { issueWrites, pullWrites } from "./github-writes.ts";
import { type CallScript, createCallScript, recorded } from "./recorded.ts";
import type { FakeRemote } from "./remote.ts";

export interface FakeGitHub extends State {
  api: GitHub;
  script: CallScript;
  issue(number: number): Issue;
  /** The bodies of an issue's comments, oldest first. */
  bodiesOn(number: number): string[];
  /** Somebody comments. */
  comment(issue: Issue, by: Actor, body: string): StoredComment;
}

const TOKENS_BOT: Actor = { login: "github-actions[bot]", type: "Bot" };

/** GitHub in memory, with one repository's git behind its pull requests. */
export function createFakeGitHub(clock: Clock, remote: FakeRemote): FakeGitHub {
  const script = createCallScript();
  let lastId = 1000;
  const state: State = {
    viewer: null,
    author: TOKENS_BOT,
    repositories: new Map(),
    permissions: new Map(),
    issues: [],
    comments: [],
    pulls: [],
    labellings: [],
    files: new Map(),
    runs: new Map(),
    environments: new Map(),
    reviews: [],
    asked: [],
  };
  const nextId = () => ++lastId;
  const api = {
    now: () => clock.now(),
    ...reads(state, remote),
    ...issueWrites(state, clock, nextId),
    ...pullWrites(state, remote),
  };
  return Object.assign(state, {
    api: recorded<GitHub>(api, script),
    script,
    issue: (number: number) => stored(state, number),
    bodiesOn: (number: number) =>
      state.comments.filter((each) => each.issueNumber === number).map(({ body }) => body),
    comment: (issue: Issue, by: Actor, body: string) =>
      addComment(state, clock, nextId(), issue.repository, issue.number, by, body),
  });
}

function reads(state: State, remote: FakeRemote) {
  const show = (issue: Issue): Issue => ({
    ...structuredClone(issue),
    commentCount: state.comments.filter(({ issueNumber }) => issueNumber === issue.number).length,
  });
  const history = (branch: string) => remote.historyOf(remote.refs.get(`refs/heads/${branch}`) ?? "");
  return {
    viewer: async () => state.viewer,
    repository: async (name) => state.repositories.get(name.toLowerCase()) ?? null,
    permission: async (_repository, login) => state.permissions.get(login) ?? "none",
    async issue(_repository, number) {
      const found = state.issues.find((each) => each.number === number);
      return found ? show(found) : null;
    },
    issuesLabelled: async (_repository, label, wanted) =>
      state.issues
        .filter((each) => each.labels.includes(label) && (wanted === "all" || each.state === wanted))
        .map(show),
    comments: async (_repository, number) =>
      structuredClone(state.comments.filter(({ issueNumber }) => issueNumber === number)),
    labelledBy: async (_repository, number) =>
      state.labellings.findLast(({ issueNumber }) => issueNumber === number) ?? null,
    labellingsSince: async (_repository, _label, since) => state.labellings.filter(({ at }) => at >= since),
    commentsSince: async (_repository, since) => state.comments.filter(({ createdAt }) => createdAt >= since),
    textFile: async (_repository, path) => state.files.get(path) ?? null,
    pullRequest: async (_repository, number) => state.pulls.find((each) => each.number === number) ?? null,
    pullRequestsFrom: async (_repository, branch) =>
      structuredClone(state.pulls.filter(({ head }) => head.ref === branch)).reverse(),
    async commitsAhead(_repository, base, head) {
      const [known, commits] = [history(base), history(head)];
      if (!known.some((oid) => commits.includes(oid))) return null;
      return commits
        .filter((oid) => !known.includes(oid))
        .reverse()
        .flatMap((oid) => {
          const commit = remote.commits.get(oid);
          return commit ? [{ message: commit.message, committer: commit.committer, signedFor: null }] : [];
        });
    },
    environmentReviewers: async (_repository, name) => state.environments.get(name) ?? null,
    runReviews: async () => state.reviews,
    workflowRun: async (_repository, id) => state.runs.get(id) ?? null,
  } satisfies Partial<GitHub>;
}
