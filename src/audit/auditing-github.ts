import type { GitHub } from "../ports.ts";
import type { Recorded } from "./auditing.ts";

/** GitHub's API whose writes stand in the audit trail: what was written to, not the texts. */
export function auditingGitHub(github: GitHub, recorded: Recorded): GitHub {
  const call = <T>(
    step: string,
    resource: string,
    work: () => Promise<T>,
    metadata: Record<string, unknown> = {},
    told: (answer: T) => Record<string, unknown> = () => ({}),
  ) =>
    recorded({ actionType: "api_call", resource, metadata: { step, ...metadata } }, work, (answer) => ({
      metadata: told(answer),
    }));
  return {
    ...github,
    createIssue: (repository, issue) =>
      call(
        "create-issue",
        repository,
        () => github.createIssue(repository, issue),
        { labels: issue.labels },
        ({ number }) => ({ number }),
      ),
    closeIssue: (repository, number) =>
      call("close-issue", `${repository}#${number}`, () => github.closeIssue(repository, number)),
    createComment: (repository, number, body) =>
      call(
        "create-comment",
        `${repository}#${number} comment`,
        () => github.createComment(repository, number, body),
        {},
        ({ id }) => ({ id }),
      ),
    updateComment: (repository, id, body) =>
      call("update-comment", `${repository} comment ${id}`, () => github.updateComment(repository, id, body)),
    deleteComment: (repository, id) =>
      call("delete-comment", `${repository} comment ${id}`, () => github.deleteComment(repository, id)),
    addLabels: (repository, number, labels) =>
      call(
        "add-labels",
        `${repository}#${number} labels`,
        () => github.addLabels(repository, number, labels),
        { labels },
      ),
    replaceLabels: (repository, number, labels) =>
      call(
        "replace-labels",
        `${repository}#${number} labels`,
        () => github.replaceLabels(repository, number, labels),
        { labels },
      ),
    createPullRequest: (repository, pull) =>
      call(
        "create-pull-request",
        `${repository} ${pull.head} → ${pull.base}`,
        () => github.createPullRequest(repository, pull),
        { draft: pull.draft },
        (answer) => ({
          answer: answer.kind,
          ...(answer.kind === "created" ? { number: answer.pullRequest.number } : {}),
        }),
      ),
    updatePullRequest: (repository, number, change) =>
      call(
        "update-pull-request",
        `${repository}#${number}`,
        () => github.updatePullRequest(repository, number, change),
        { changed: Object.keys(change) },
      ),
    requestReviewers: (repository, number, users, teams) =>
      call(
        "request-reviewers",
        `${repository}#${number} reviewers`,
        () => github.requestReviewers(repository, number, users, teams),
        { users, teams },
      ),
    addAssignees: (repository, number, users) =>
      call(
        "add-assignees",
        `${repository}#${number} assignees`,
        () => github.addAssignees(repository, number, users),
        { users },
      ),
    acknowledge: (repository, commentId) =>
      call("acknowledge", `${repository} comment ${commentId}`, () =>
        github.acknowledge(repository, commentId),
      ),
  };
}
