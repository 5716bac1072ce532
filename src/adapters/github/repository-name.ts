import type { RepositoryName } from "../../task.ts";

/** `owner/name` as the routes take it. */
export function ownerAndName(repository: RepositoryName): { owner: string; repo: string } {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}
