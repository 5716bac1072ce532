import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { commitFiles, type Files } from "../fast-import.ts";
import { git, initBare } from "../git.ts";
import type { Actor, Repository, RepositorySettings, Role } from "../model.ts";
import { syncPulls } from "../pulls.ts";
import { by, type State } from "../state.ts";

export interface NewRepository extends Partial<RepositorySettings> {
  files?: Files;
  /** Commits before the one that holds the files; default 0. */
  history?: number;
  /** No commit at all. */
  empty?: boolean;
  ownerType?: "User" | "Organization";
}

const DEFAULT_SETTINGS: RepositorySettings = {
  private: false,
  archived: false,
  defaultBranch: "main",
  description: null,
  actionsMayCreatePullRequests: true,
  defaultWorkflowPermissions: "read",
  actionsEnabled: true,
  protectedBranches: [],
  draftPullRequests: true,
  hasPullRequests: true,
};

function emptyCollections() {
  return {
    collaborators: new Map(),
    labels: [],
    issues: [],
    rules: [],
    environments: [],
    runs: [],
    hooks: [],
    dispatches: [],
  };
}

function weigh(files: Files): number {
  return Object.values(files).reduce((sum: number, value) => {
    const content = value !== null && typeof value === "object" && "content" in value ? value.content : value;
    return sum + (content?.length ?? 0);
  }, 0);
}

function seconds(state: State): number {
  return Math.floor(state.milliseconds() / 1000);
}

async function createRepository(state: State, name: string, options: NewRepository): Promise<void> {
  const {
    files = { "README.md": `# ${name}\n` },
    history = 0,
    empty = false,
    ownerType,
    ...settings
  } = options;
  const [owner = "", short = ""] = name.split("/");
  const id = state.nextId();
  const directory = join(state.directory, `${id}.git`);
  const now = state.now();
  const repository: Repository = {
    ...DEFAULT_SETTINGS,
    ...settings,
    id,
    owner: state.findUser(owner) ?? state.user({ login: owner, type: ownerType ?? "Organization" }),
    name: short,
    directory,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    size: empty ? 0 : Math.ceil(weigh(files) / 1024),
    ...emptyCollections(),
  };
  await mkdir(directory);
  await initBare(directory, repository.defaultBranch);
  if (!empty) {
    await commitFiles(directory, repository.defaultBranch, files, { history, seconds: seconds(state) });
  }
  state.repositories.push(repository);
}

async function commit(
  state: State,
  name: string,
  branch: string,
  files: Files,
  message: string,
  actor: Actor,
) {
  const repository = state.repository(name);
  const { directory, defaultBranch } = repository;
  const known = await git(directory, ["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`]);
  const from = known || (await git(directory, ["rev-parse", `refs/heads/${defaultBranch}`]));
  const oid = await commitFiles(directory, branch, files, { message, from, seconds: seconds(state) });
  await syncPulls(state, repository, by(state, actor));
  return oid;
}

/** What a test may do to repositories past the API. */
export function repositoryControls(state: State, person: Actor) {
  return {
    createRepository: (name: string, options: NewRepository = {}): Promise<void> =>
      createRepository(state, name, options),

    /** Changes what a repository's settings page changes. */
    configure(name: string, settings: Partial<RepositorySettings>): void {
      Object.assign(state.repository(name), settings);
    },

    rename: (from: string, to: string): void => state.rename(from, to),

    /** Makes somebody a collaborator, or takes it away with `none`. */
    setPermission(name: string, login: string, role: Role): void {
      if (state.findUser(login) === undefined) state.user({ login, type: "User" });
      state.repository(name).collaborators.set(login.toLowerCase(), role);
    },

    /** Runs git in the bare repository and gives its output without the last line end. */
    git: (name: string, ...args: string[]): Promise<string> => git(state.repository(name).directory, args),

    /** Commits files onto a branch, as somebody else's push would, and gives the commit's id. */
    commit: (
      name: string,
      branch: string,
      files: Files,
      message = "Change files",
      actor = person,
    ): Promise<string> => commit(state, name, branch, files, message, actor),

    /** What was sent to `POST …/dispatches`. */
    dispatches: (name: string): Repository["dispatches"] => state.repository(name).dispatches,
  };
}
