import { z } from "zod";
import type { GitHub } from "../../ports.ts";
import type { RepositoryName } from "../../task.ts";
import type { Client } from "./client.ts";
import { ownerAndName } from "./repository-name.ts";
import { commentShape, issueShape, labelsShape } from "./shapes.ts";

type IssueCalls = Pick<
  GitHub,
  | "issue"
  | "issuesLabelled"
  | "comments"
  | "createIssue"
  | "closeIssue"
  | "createComment"
  | "updateComment"
  | "deleteComment"
  | "addLabels"
  | "replaceLabels"
  | "addAssignees"
  | "acknowledge"
>;

const ISSUES = "/repos/{owner}/{repo}/issues";
const READ = { needs: "issues: read", missing: "issue-not-found" } as const;
const WRITE = { needs: "issues: write", missing: "issue-not-found" } as const;

/** Issues, their comments, labels and assignees; pull requests are issues too. */
export function createIssueCalls(client: Client): IssueCalls {
  return { ...reads(client), ...writes(client), ...commentWrites(client) };
}

function reads(client: Client): Pick<IssueCalls, "issue" | "issuesLabelled" | "comments"> {
  return {
    issue: (repository, number) =>
      client.call({
        ...READ,
        what: `read ${named(repository, number)}`,
        route: `GET ${ISSUES}/{number}`,
        parameters: { ...ownerAndName(repository), number },
        shape: issueShape,
        // 410: deleted, or the repository has no issues.
        also: { 404: () => null, 410: () => null },
      }),
    issuesLabelled: (repository, label, state) =>
      client.list({
        ...READ,
        what: `list the issues of ${repository}`,
        route: `GET ${ISSUES}`,
        parameters: { ...ownerAndName(repository), labels: label, state, sort: "created", direction: "asc" },
        shape: z.array(issueShape),
      }),
    comments: (repository, number) =>
      client.list({
        ...READ,
        what: `read the comments of ${named(repository, number)}`,
        route: `GET ${ISSUES}/{number}/comments`,
        parameters: { ...ownerAndName(repository), number },
        shape: z.array(commentShape),
      }),
  };
}

function writes(
  client: Client,
): Pick<IssueCalls, "createIssue" | "closeIssue" | "addLabels" | "replaceLabels" | "addAssignees"> {
  return {
    createIssue: (repository, issue) =>
      client.call({
        ...WRITE,
        what: `create an issue in ${repository}`,
        route: `POST ${ISSUES}`,
        parameters: { ...ownerAndName(repository), ...issue },
        shape: issueShape,
      }),
    async closeIssue(repository, number) {
      await client.call({
        ...WRITE,
        what: `close ${named(repository, number)}`,
        route: `PATCH ${ISSUES}/{number}`,
        parameters: { ...ownerAndName(repository), number, state: "closed", state_reason: "not_planned" },
        shape: issueShape,
      });
    },
    addLabels: (repository, number, labels) =>
      client.call({
        ...WRITE,
        what: `label ${named(repository, number)}`,
        route: `POST ${ISSUES}/{number}/labels`,
        parameters: { ...ownerAndName(repository), number, labels },
        shape: labelsShape,
      }),
    async replaceLabels(repository, number, labels) {
      await client.call({
        ...WRITE,
        what: `set the labels of ${named(repository, number)}`,
        route: `PUT ${ISSUES}/{number}/labels`,
        parameters: { ...ownerAndName(repository), number, labels },
        shape: labelsShape,
      });
    },
    async addAssignees(repository, number, assignees) {
      await client.call({
        ...WRITE,
        what: `assign ${named(repository, number)}`,
        route: `POST ${ISSUES}/{number}/assignees`,
        parameters: { ...ownerAndName(repository), number, assignees },
        shape: issueShape,
      });
    },
  };
}

function commentWrites(
  client: Client,
): Pick<IssueCalls, "createComment" | "updateComment" | "deleteComment" | "acknowledge"> {
  return {
    createComment: (repository, number, body) =>
      client.call({
        ...WRITE,
        what: `comment on ${named(repository, number)}`,
        route: `POST ${ISSUES}/{number}/comments`,
        parameters: { ...ownerAndName(repository), number, body },
        shape: commentShape,
      }),
    async updateComment(repository, id, body) {
      await client.call({
        ...WRITE,
        what: `edit a comment in ${repository}`,
        route: `PATCH ${ISSUES}/comments/{id}`,
        parameters: { ...ownerAndName(repository), id, body },
        shape: commentShape,
      });
    },
    deleteComment: (repository, id) =>
      client.call({
        ...WRITE,
        what: `delete a comment in ${repository}`,
        route: `DELETE ${ISSUES}/comments/{id}`,
        parameters: { ...ownerAndName(repository), id },
        shape: z.never(),
        // Gone is what was wanted.
        also: { 204: () => undefined, 404: () => undefined },
      }),
    async acknowledge(repository, id) {
      await client.call({
        ...WRITE,
        what: `react to a comment in ${repository}`,
        route: `POST ${ISSUES}/comments/{id}/reactions`,
        parameters: { ...ownerAndName(repository), id, content: "eyes" },
        shape: z.object({ id: z.number() }),
      });
    },
  };
}

function named(repository: RepositoryName, number: number): string {
  return `${repository}#${number}`;
}
