import { fullName, type Repository, type Role } from "../model.ts";
import type { State } from "../state.ts";
import { type Json, nodeId, renderUser } from "./user.ts";

/** Ends of the addresses that GitHub lists for a repository. */
const ADDRESSES = {
  archive: "/{archive_format}{/ref}",
  assignees: "/assignees{/user}",
  blobs: "/git/blobs{/sha}",
  branches: "/branches{/branch}",
  collaborators: "/collaborators{/collaborator}",
  comments: "/comments{/number}",
  commits: "/commits{/sha}",
  compare: "/compare/{base}...{head}",
  contents: "/contents/{+path}",
  contributors: "/contributors",
  deployments: "/deployments",
  downloads: "/downloads",
  events: "/events",
  forks: "/forks",
  git_commits: "/git/commits{/sha}",
  git_refs: "/git/refs{/sha}",
  git_tags: "/git/tags{/sha}",
  hooks: "/hooks",
  issue_comment: "/issues/comments{/number}",
  issue_events: "/issues/events{/number}",
  issues: "/issues{/number}",
  keys: "/keys{/key_id}",
  labels: "/labels{/name}",
  languages: "/languages",
  merges: "/merges",
  milestones: "/milestones{/number}",
  notifications: "/notifications{?since,all,participating}",
  pulls: "/pulls{/number}",
  releases: "/releases{/id}",
  stargazers: "/stargazers",
  statuses: "/statuses/{sha}",
  subscribers: "/subscribers",
  subscription: "/subscription",
  tags: "/tags",
  teams: "/teams",
  trees: "/git/trees{/sha}",
};

/** `http://…/repos/owner/name`. */
export function apiUrl(state: State, repository: Repository): string {
  return `${state.url}/repos/${fullName(repository)}`;
}

/** `http://…/owner/name`, the address for people. */
export function pageUrl(state: State, repository: Repository): string {
  return `${state.url}/${fullName(repository)}`;
}

/** The booleans that GitHub shows for a role. */
export function rolePermissions(role: Role): Json {
  const rank = ["none", "read", "triage", "write", "maintain", "admin"].indexOf(role);
  return { admin: rank >= 5, maintain: rank >= 4, push: rank >= 3, triage: rank >= 2, pull: rank >= 1 };
}

function counts(repository: Repository): Json {
  const open = repository.issues.filter((issue) => issue.state === "open").length;
  return {
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: open,
    open_issues_count: open,
    size: repository.size,
  };
}

/** GitHub's `repository`, as it stands inside pull requests and events. */
export function renderRepository(state: State, repository: Repository): Json {
  const api = apiUrl(state, repository);
  const page = pageUrl(state, repository);
  const addresses = Object.entries(ADDRESSES).map(([name, end]) => [`${name}_url`, api + end]);
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: renderUser(state, repository.owner),
    html_url: page,
    description: repository.description,
    fork: false,
    url: api,
    ...Object.fromEntries(addresses),
    git_url: `git:${page.slice(page.indexOf("//"))}.git`,
    ssh_url: `git@127.0.0.1:${fullName(repository)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    ...counts(repository),
    has_issues: true,
    has_pull_requests: repository.hasPullRequests,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    default_branch: repository.defaultBranch,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
  };
}

/** GitHub's `full-repository`, with what the asker may do in it. */
export function renderFullRepository(state: State, repository: Repository, role: Role): Json {
  return {
    ...renderRepository(state, repository),
    permissions: rolePermissions(role),
    temp_clone_token: null,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    allow_update_branch: false,
    subscribers_count: 1,
    network_count: 0,
    ...(repository.owner.type === "Organization"
      ? { organization: renderUser(state, repository.owner) }
      : {}),
  };
}
