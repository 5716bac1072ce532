import type { RepositoryName } from "../../task.ts";
import type { RateLimit } from "../ports.ts";

export type TokenKind = "classic" | "fine-grained" | "app" | "actions" | "other";

/** What can be read of the settings that decide over a first run. `null`: the token may not ask, or there is none. */
export interface Inspector {
  kind: TokenKind;
  /** Who the token is; `null` for an app's. Throws `bad-credentials`. */
  login(): Promise<string | null>;
  /** Scopes of a classic token. */
  scopes(): Promise<string[] | null>;
  rateLimit(): Promise<RateLimit>;
  repository(name: RepositoryName): Promise<RepositoryFacts | null>;
  hasBranch(name: RepositoryName, branch: string): Promise<boolean>;
  hasLabel(name: RepositoryName, label: string): Promise<boolean>;
  /**
   * Asks for an empty one: GitHub refuses that with 422 to those who may, and with 403 or 404 to others. Nothing is made. For an
   * issue a label is asked for too: whoever may read a repository may open an issue in it, and a run does more than that.
   */
  mayCreate(name: RepositoryName, what: Creation): Promise<boolean>;
  /** Whether GitHub Actions may create pull requests. */
  actionsMayCreatePullRequests(name: RepositoryName): Promise<boolean | null>;
  /** Types of the rules that are in force for a branch of this name. */
  branchRules(name: RepositoryName, branch: string): Promise<string[] | null>;
  /** Whether an environment has required reviewers; `null` where there is no such environment. */
  environmentReviewers(name: RepositoryName, environment: string): Promise<boolean | null>;
  hooks(name: RepositoryName): Promise<HookFacts[] | null>;
}

export const CREATIONS = ["issue", "pull request", "branch"] as const;
export type Creation = (typeof CREATIONS)[number];

export interface RepositoryFacts {
  name: RepositoryName;
  archived: boolean;
  hasIssues: boolean;
  defaultBranch: string;
}

export interface HookFacts {
  url: string;
  active: boolean;
  events: string[];
  /** HTTP status of the newest delivery; `null` where there was none. */
  lastStatus: number | null;
}
