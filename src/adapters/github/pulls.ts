import { z } from "zod";
import { TaskFailure } from "../../failure.ts";
import type { CreatedPullRequest, GitHub, NewPullRequest } from "../../ports.ts";
import type { RepositoryName } from "../../task.ts";
import type { Client } from "./client.ts";
import type { Answer } from "./exchange.ts";
import { asRefusal, type CallInWords, failureOf } from "./refusal.ts";
import { ownerAndName } from "./repository-name.ts";
import { ownPullRequestsShape, pullRequestShape } from "./shapes.ts";

type PullRequestCalls = Pick<
  GitHub,
  "pullRequest" | "pullRequestsFrom" | "createPullRequest" | "updatePullRequest" | "requestReviewers"
>;

const PULLS = "/repos/{owner}/{repo}/pulls";
const READ = { needs: "pull-requests: read", missing: "target-not-found" } as const;
const WRITE = { needs: "pull-requests: write", missing: "target-not-found" } as const;

/** Pull requests and their reviewers. */
export function createPullRequestCalls(client: Client): PullRequestCalls {
  return {
    pullRequest: (repository, number) =>
      client.call({
        ...READ,
        what: `read the pull request ${repository}#${number}`,
        route: `GET ${PULLS}/{number}`,
        parameters: { ...ownerAndName(repository), number },
        shape: pullRequestShape,
        also: { 404: () => null },
      }),
    pullRequestsFrom(repository, branch) {
      const { owner, repo } = ownerAndName(repository);
      return client.list({
        ...READ,
        what: `list the pull requests of ${repository}`,
        route: `GET ${PULLS}`,
        parameters: {
          owner,
          repo,
          head: `${owner}:${branch}`,
          state: "all",
          sort: "created",
          direction: "desc",
        },
        shape: ownPullRequestsShape,
      });
    },
    createPullRequest: (repository, pull) => createPullRequest(client, repository, pull),
    async updatePullRequest(repository, number, change) {
      await client.call({
        ...WRITE,
        what: `edit the pull request ${repository}#${number}`,
        route: `PATCH ${PULLS}/{number}`,
        parameters: { ...ownerAndName(repository), number, ...change },
        shape: pullRequestShape,
      });
    },
    async requestReviewers(repository, number, reviewers, teams) {
      await client.call({
        ...WRITE,
        what: `ask for reviews of ${repository}#${number}`,
        route: `POST ${PULLS}/{number}/requested_reviewers`,
        parameters: { ...ownerAndName(repository), number, reviewers, team_reviewers: teams },
        shape: z.object({ number: z.number() }),
      });
    },
  };
}

async function createPullRequest(
  client: Client,
  repository: RepositoryName,
  pull: NewPullRequest,
): Promise<CreatedPullRequest> {
  const inWords = { ...WRITE, what: `create a pull request in ${repository}` };
  return await client.call<CreatedPullRequest>({
    ...inWords,
    route: `POST ${PULLS}`,
    parameters: { ...ownerAndName(repository), ...pull },
    shape: pullRequestShape.transform((pullRequest) => ({ kind: "created" as const, pullRequest })),
    also: { 422: (answer) => whyNone(inWords, answer, pull, repository) },
  });
}

/** Why GitHub made no pull request, of its 422. */
function whyNone(
  call: CallInWords,
  answer: Answer,
  pull: NewPullRequest,
  repository: RepositoryName,
): CreatedPullRequest {
  const { errors } = asRefusal(answer.body);
  if (errors.some(({ field, code }) => field === "base" && code === "invalid")) {
    throw new TaskFailure("base-not-found", `\`${repository}\` has no branch \`${pull.base}\`.`);
  }
  // Both have the code `custom` and no field: GitHub tells them apart by nothing but their text.
  const says = (text: RegExp) => errors.some(({ message }) => text.test(message ?? ""));
  if (says(/pull request already exists/i)) return { kind: "exists" };
  if (says(/no commits between/i)) return { kind: "no-commits" };
  throw failureOf(call, answer);
}
