import { z } from "zod";
import type { RepositoryName } from "../../task.ts";

/** `owner/name` as the routes take it. */
export function ownerAndName(repository: RepositoryName): { owner: string; repo: string } {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}

/** The body of a 204. */
export const nothing = z.unknown().transform(() => undefined);
