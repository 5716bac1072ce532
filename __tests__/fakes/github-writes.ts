import type { Clock, GitHub } from "../../src/ports.ts";
import type { Issue, PullRequest } from "../../src/task.ts";
import { addComment, type State, stored } from "./github-state.ts";
import type { FakeRemote } from "./remote.ts";

export function issueWrites(state: State, clock: Clock, nextId: () => number) {
  return {
    async createIssue(repository, { title, body, labels }) {
      const number = Math.max(0, ...state.issues.map((each) => each.number)) + 1;
      const url = `https://github.com/${repository}/issues/${number}`;
      const updatedAt = clock.now().toISOString();
      const issue: Issue = {
        repository,
        number,
        url,
        title,
        body,
        labels,
        author: state.author,
        state: "open",
        isPullRequest: false,
        commentCount: 0,
        updatedAt,
      };
      state.issues.push(issue);
      return structuredClone(issue);
    },
    async closeIssue(_repository, number) {
      stored(state, number).state = "closed";
    },
    createComment: async (repository, number, body) =>
      addComment(state, clock, nextId(), repository, number, state.author, body),
    async updateComment(_repository, id, body) {
      const found = state.comments.find((each) => each.id === id);
      if (found) found.body = body;
    },
    async deleteComment(_repository, id) {
      state.comments = state.comments.filter((each) => each.id !== id);
    },
    async addLabels(_repository, number, labels) {
      const issue = state.issues.find((each) => each.number === number);
      if (!issue) return labels;
      issue.labels = [...new Set([...issue.labels, ...labels])];
      return [...issue.labels];
    },
    async replaceLabels(_repository, number, labels) {
      stored(state, number).labels = labels;
    },
    async acknowledge(_repository, commentId) {
      state.asked.push(`eyes on ${commentId}`);
    },
    async addAssignees(_repository, _number, users) {
      state.asked.push(...users.map((user) => `assignee ${user}`));
    },
  } satisfies Partial<GitHub>;
}

export function pullWrites(state: State, remote: FakeRemote) {
  return {
    async createPullRequest(repository, { title, body, head, base, draft }) {
      if (state.pulls.some((each) => each.head.ref === head && each.state === "open"))
        return { kind: "exists" };
      const oid = remote.refs.get(`refs/heads/${head}`) ?? "";
      if (remote.historyOf(remote.refs.get(`refs/heads/${base}`) ?? "").includes(oid))
        return { kind: "no-commits" };
      const number = 100 + state.pulls.length;
      const url = `https://github.com/${repository}/pull/${number}`;
      const pullRequest: PullRequest = {
        number,
        url,
        state: "open",
        merged: false,
        draft,
        title,
        body,
        head: { repository, ref: head, oid },
        base: { ref: base },
      };
      state.pulls.push(pullRequest);
      return { kind: "created", pullRequest: structuredClone(pullRequest) };
    },
    async updatePullRequest(_repository, number, change) {
      Object.assign(state.pulls.find((each) => each.number === number) ?? {}, change);
    },
    async requestReviewers(_repository, _number, users, teams) {
      state.asked.push(...users.map((user) => `reviewer ${user}`), ...teams.map((team) => `team ${team}`));
    },
  } satisfies Partial<GitHub>;
}
