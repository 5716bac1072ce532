import { inaccessible, notFound, Refusal } from "./answer.ts";
import type { Level, Permissions, Repository, Role, Token } from "./model.ts";
import type { State } from "./state.ts";

/** `name:level` of GitHub's fine-grained permissions, for instance `issues:write`. */
export type Need = `${string}:${Level}`;

const RANK = { none: 0, read: 1, triage: 2, write: 3, maintain: 4, admin: 5 } as const;
const ROLE_FOR: Record<Level, Role> = { read: "read", write: "write", admin: "admin" };

/** The role that somebody has in a repository: owner, collaborator, or the public. */
export function roleOf(repository: Repository, login: string): Role {
  const wanted = login.toLowerCase();
  if (repository.owner.login.toLowerCase() === wanted) return "admin";
  return repository.collaborators.get(wanted) ?? (repository.private ? "none" : "read");
}

function grantOf(state: State, token: Token, repository: Repository): Role | Permissions | null {
  for (const [name, grant] of Object.entries(token.access)) {
    if (state.resolveRepository(name) === repository) return grant;
  }
  return null;
}

/** Whether the repository exists at all in the eyes of whoever holds this token. */
export function canSee(state: State, token: Token | null, repository: Repository): boolean {
  return !repository.private || (token !== null && grantOf(state, token, repository) !== null);
}

/** The token's role where roles rule, its permissions where they do; the public's where it was granted nothing. */
export function grantFor(state: State, token: Token | null, repository: Repository): Role | Permissions {
  const grant = token === null ? null : grantOf(state, token, repository);
  return grant ?? (repository.private ? "none" : "read");
}

/** Whether a grant covers a need; `role` is the role that covers it where roles rule. */
export function covers(grant: Role | Permissions, need: Need, role?: Role): boolean {
  const [name = "", level = "read"] = need.split(":") as [string, Level];
  if (typeof grant === "string") return RANK[grant] >= RANK[role ?? ROLE_FOR[level]];
  const held = grant[name] ?? (name === "metadata" ? "read" : undefined);
  return held !== undefined && RANK[held] >= RANK[level];
}

/** Permission a push asks for besides `contents:write`. */
export function mayWriteWorkflows(state: State, token: Token, repository: Repository): boolean {
  if (token.kind === "classic") return (token.scopes ?? ["workflow"]).includes("workflow");
  // The token of a job can never change workflows, whatever its repository role says.
  if (token.kind === "actions") return false;
  return covers(grantFor(state, token, repository), "workflows:write");
}

/** The header that tells which permission would have been enough, as GitHub spells it. */
export function acceptedPermissions(needs: readonly Need[]): Record<string, string> {
  if (needs.length === 0) return {};
  return { "x-accepted-github-permissions": needs.map((need) => need.replace(":", "=")).join("; ") };
}

export interface Demand {
  needs: readonly Need[];
  role?: Role | undefined;
  writes: boolean;
}

/** Lets a request pass, or throws the 401, 403 or 404 that GitHub would answer. */
export function authorise(state: State, token: Token | null, repository: Repository, demand: Demand): void {
  if (!canSee(state, token, repository)) throw notFound();
  const { needs, role, writes } = demand;
  if (token === null && writes) throw new Refusal(401, "Requires authentication");
  const grant = grantFor(state, token, repository);
  const allowed = needs.length === 0 || needs.some((need) => covers(grant, need, role));
  if (!allowed) {
    if (token === null) throw new Refusal(401, "Requires authentication");
    throw inaccessible(token.kind, acceptedPermissions(needs));
  }
  // A role is enough to open an issue in somebody else's public repository; a token limited to others is not.
  const granted = token !== null && grantOf(state, token, repository) !== null;
  if (writes && !granted && token !== null && token.kind !== "classic") {
    throw inaccessible(token.kind, acceptedPermissions(needs));
  }
  if (writes && repository.archived) {
    throw new Refusal(403, "Repository was archived so is read-only.");
  }
}
