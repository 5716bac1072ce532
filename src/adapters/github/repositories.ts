import { z } from "zod";
import type { GitHub } from "../../ports.ts";
import type { Client } from "./client.ts";
import { ownerAndName } from "./repository-name.ts";
import { comparedCommitShape, permissionShape, repositoryShape } from "./shapes.ts";

type RepositoryCalls = Pick<GitHub, "repository" | "permission" | "commitsAhead" | "workflowRun">;

const REPOSITORY = "/repos/{owner}/{repo}";

/** Repositories, who may do what in them, their commits and runs. All of them are reads. */
export function createRepositoryCalls(client: Client): RepositoryCalls {
  return {
    repository: (name) =>
      client.call({
        what: `read the repository ${name}`,
        needs: "metadata: read",
        missing: "target-not-found",
        route: `GET ${REPOSITORY}`,
        parameters: ownerAndName(name),
        shape: repositoryShape,
        also: { 404: () => null },
      }),
    permission: (repository, username) =>
      client.call({
        what: `read the permission of ${username} in ${repository}`,
        needs: "metadata: read",
        missing: "target-not-found",
        route: `GET ${REPOSITORY}/collaborators/{username}/permission`,
        parameters: { ...ownerAndName(repository), username },
        shape: permissionShape,
        also: { 404: () => "none" },
      }),
    commitsAhead: (repository, base, head) =>
      client.call({
        what: `compare \`${base}\` and \`${head}\` of ${repository}`,
        needs: "contents: read",
        missing: "target-not-found",
        route: `GET ${REPOSITORY}/compare/{basehead}`,
        parameters: { ...ownerAndName(repository), basehead: `${base}...${head}` },
        shape: z.object({ commits: z.array(comparedCommitShape) }).transform(({ commits }) => commits),
        also: { 404: () => null },
      }),
    workflowRun: (repository, id) =>
      client.call({
        what: `read the workflow run ${id} of ${repository}`,
        needs: "actions: read",
        missing: "target-not-found",
        route: `GET ${REPOSITORY}/actions/runs/{id}`,
        parameters: { ...ownerAndName(repository), id },
        shape: z
          .object({ created_at: z.string(), status: z.string().nullable() })
          .transform(({ created_at, status }) => ({ createdAt: created_at, ended: status === "completed" })),
        also: { 404: () => null },
      }),
  };
}
