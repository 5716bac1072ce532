/** The nouns of the loopback GitHub: what it remembers. Git objects and refs are in real bare repositories instead. */

export type Role = "none" | "read" | "triage" | "write" | "maintain" | "admin";
export type Level = "read" | "write" | "admin";
export type Permissions = Record<string, Level>;

export interface Actor {
  login: string;
  type: "User" | "Bot" | "Organization";
}

export interface User extends Actor {
  id: number;
}

/** A credential, as a test registers it. `access` maps `owner/name` to a role, or to fine-grained permissions. */
export interface TokenRegistration {
  token: string;
  /** Stands for the token in the recorded requests; default: the actor's login. */
  name?: string;
  actor: Actor;
  kind: "classic" | "fine-grained" | "installation" | "actions";
  access: Record<string, Exclude<Role, "none"> | Permissions>;
  /** OAuth scopes of a classic token; default `["repo", "workflow"]`. */
  scopes?: string[];
  /** Slug of the GitHub App behind an installation or Actions token. */
  appSlug?: string;
  expiresAt?: Date;
}

export interface Token extends TokenRegistration {
  name: string;
  rate: { limit: number; used: number; resetAt: number };
}

export interface App {
  id: number;
  slug: string;
  /** PEM of the key that JSON web tokens of the app are checked with. */
  publicKey: string;
  permissions: Permissions;
  installations: Installation[];
}

export interface Installation {
  id: number;
  account: string;
  repositories: string[];
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string;
}

export interface Comment {
  id: number;
  author: User;
  appSlug: string | null;
  body: string;
  createdAt: string;
  updatedAt: string;
  reactions: Reaction[];
}

export interface Reaction {
  id: number;
  user: User;
  content: string;
  createdAt: string;
}

/** One row of an issue's history; `detail` holds the fields that only this kind of event has. */
export interface IssueEvent {
  id: number;
  event: string;
  actor: User;
  appSlug: string | null;
  createdAt: string;
  detail: Record<string, unknown>;
}

export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: User;
  appSlug: string | null;
  state: "open" | "closed";
  stateReason: string | null;
  labels: Label[];
  assignees: User[];
  comments: Comment[];
  events: IssueEvent[];
  reactions: Reaction[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: User | null;
  /** Present where the issue is a pull request. */
  pull: Pull | null;
}

export interface Pull {
  draft: boolean;
  head: { repository: Repository; ref: string; oid: string };
  base: { ref: string; oid: string };
  mergedAt: string | null;
  mergedBy: User | null;
  mergeCommit: string | null;
  reviewers: User[];
  teams: string[];
  maintainerCanModify: boolean;
}

/** What a test may set about a repository beside its content. */
export interface RepositorySettings {
  private: boolean;
  archived: boolean;
  defaultBranch: string;
  description: string | null;
  /** GitHub's "Allow GitHub Actions to create and approve pull requests". */
  actionsMayCreatePullRequests: boolean;
  defaultWorkflowPermissions: "read" | "write";
  actionsEnabled: boolean;
  /** Full names of the branches that nobody may push to; a trailing `*` stands for any rest. */
  protectedBranches: string[];
  draftPullRequests: boolean;
  /** GitHub's feature "Pull requests". */
  hasPullRequests: boolean;
}

export interface Repository extends RepositorySettings {
  id: number;
  owner: User;
  name: string;
  /** Folder of the bare git repository. */
  directory: string;
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  /** In kilobytes, as GitHub counts. */
  size: number;
  collaborators: Map<string, Role>;
  labels: Label[];
  issues: Issue[];
  rules: { branches: string; rule: Record<string, unknown> }[];
  environments: Environment[];
  runs: WorkflowRun[];
  hooks: Hook[];
  dispatches: { eventType: string; clientPayload: unknown; sender: string }[];
}

/** An environment for deployments; without users and teams it asks nobody for approval. */
export interface Environment {
  id: number;
  name: string;
  users: User[];
  /** Slugs. */
  teams: string[];
  preventSelfReview: boolean;
}

export interface WorkflowRun {
  id: number;
  name: string;
  event: string;
  status: string;
  conclusion: string | null;
  attempt: number;
  headBranch: string;
  headOid: string;
  actor: User;
  createdAt: string;
  approvals: { state: string; user: User; comment: string; environment: string }[];
  jobs: { id: number; name: string; status: string; conclusion: string | null }[];
}

export interface Hook {
  id: number;
  url: string;
  secret: string;
  events: string[];
  createdAt: string;
  deliveries: {
    id: number;
    guid: string;
    event: string;
    action: string | null;
    status: number;
    at: string;
  }[];
}

/** `owner/name` of a repository. */
export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}
