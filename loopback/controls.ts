import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Faults, RequestRecord } from "./faults.ts";
import { commitFiles, type Files, git, initBare } from "./git.ts";
import { addComment, addLabels, openIssue, removeLabel, setState, setTitle } from "./issues.ts";
import {
  type Actor,
  type App,
  fullName,
  type Repository,
  type RepositorySettings,
  type Role,
  type TokenRegistration,
  type WorkflowRun,
} from "./model.ts";
import { mergePull, pullsOf, syncPulls } from "./pulls.ts";
import type { LoopbackServer } from "./server.ts";
import type { Author, State } from "./state.ts";
import { type IssueView, type PullView, viewIssue, viewPull } from "./views.ts";
import { deliver, type WebhookEvent } from "./webhooks.ts";
import type { Violation } from "./witness.ts";

const PERSON: Actor = { login: "octocat", type: "User" };

export interface NewRepository extends Partial<RepositorySettings> {
  files?: Files;
  /** Commits before the one that holds the files; default 0. */
  history?: number;
  /** No commit at all. */
  empty?: boolean;
  ownerType?: "User" | "Organization";
}

export interface NewIssue {
  title: string;
  body: string | null;
  labels?: string[];
  author?: Actor;
}

/** What a test, the demo or a benchmark may do to the loopback GitHub and ask of it, past its API. */
export class Controls {
  readonly state: State;
  private readonly server: LoopbackServer;
  private readonly remove: () => Promise<void>;

  constructor(state: State, server: LoopbackServer, remove: () => Promise<void>) {
    this.state = state;
    this.server = server;
    this.remove = remove;
  }

  /** `http://127.0.0.1:PORT`: the API, the git server and the pages alike. */
  get url(): string {
    return this.state.url;
  }

  /** Every request since the start or the last `reset`, oldest first. */
  get requests(): readonly RequestRecord[] {
    return this.server.requests;
  }

  /** What was not as GitHub's OpenAPI description has it, in requests and answers. */
  get violations(): readonly Violation[] {
    return this.server.witness.violations;
  }

  /** Requests that no route serves; each was answered 404. */
  get unknownRoutes(): readonly { method: string; path: string }[] {
    return this.server.witness.unknownRoutes;
  }

  get faults(): Faults {
    return this.server.faults;
  }

  /** Forgets requests, violations and faults; repositories, issues and tokens stay. */
  reset(): void {
    this.server.requests.length = 0;
    this.server.witness.forget();
    this.faults.clear();
  }

  /** Ends all connections and removes the git repositories. */
  async close(): Promise<void> {
    try {
      await this.server.close();
    } finally {
      await this.remove();
    }
  }

  registerToken(token: TokenRegistration): void {
    this.state.register(token);
  }

  registerApp(app: App): void {
    this.state.apps.push(app);
  }

  /** Sets how many calls a token has left, and when (milliseconds since 1970) it has all of them again. */
  setRateLimit(token: string, remaining: number, resetAt?: number): void {
    const rate = this.state.tokens.get(token)?.rate;
    if (rate === undefined) throw new Error("No such token is registered.");
    rate.used = rate.limit - remaining;
    rate.resetAt = resetAt ?? rate.resetAt;
  }

  async createRepository(name: string, options: NewRepository = {}): Promise<void> {
    const {
      files = { "README.md": `# ${name}\n` },
      history = 0,
      empty = false,
      ownerType,
      ...settings
    } = options;
    const [owner = "", short = ""] = name.split("/");
    const id = this.state.nextId();
    const directory = join(this.state.directory, `${id}.git`);
    const now = this.state.now();
    const repository: Repository = {
      ...DEFAULT_SETTINGS,
      ...settings,
      id,
      owner: this.state.user({ login: owner, type: ownerType ?? "Organization" }),
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
    const seconds = Math.floor(this.state.milliseconds() / 1000);
    if (!empty) await commitFiles(directory, repository.defaultBranch, files, { history, seconds });
    this.state.repositories.push(repository);
  }

  /** Changes what a repository's settings page changes. */
  configure(name: string, settings: Partial<RepositorySettings>): void {
    Object.assign(this.state.repository(name), settings);
  }

  rename(from: string, to: string): void {
    this.state.rename(from, to);
  }

  /** Makes somebody a collaborator, or takes it away with `none`. */
  setPermission(name: string, login: string, role: Role): void {
    if (this.state.findUser(login) === undefined) this.state.user({ login, type: "User" });
    this.state.repository(name).collaborators.set(login.toLowerCase(), role);
  }

  /** Adds a rule that `GET …/rules/branches/{branch}` tells; `branches` may end in `*`. */
  addRule(name: string, branches: string, rule: Record<string, unknown>): void {
    this.state.repository(name).rules.push({ branches, rule });
  }

  addEnvironment(name: string, environment: string, more: Record<string, unknown> = {}): void {
    this.state.repository(name).environments.push({ id: this.state.nextId(), name: environment, ...more });
  }

  /** Adds a workflow run, of which only its id must be told. */
  addRun(name: string, run: Partial<Omit<WorkflowRun, "actor">> & { id: number; actor?: Actor }): void {
    const actor = this.state.user(run.actor ?? PERSON);
    const repository = this.state.repository(name);
    repository.runs.push({ ...defaultRun(repository.defaultBranch, this.state.now()), ...run, actor });
  }

  addHook(name: string, hook: { url: string; secret: string; events: string[] }): void {
    const made = { id: this.state.nextId(), createdAt: this.state.now(), deliveries: [] };
    this.state.repository(name).hooks.push({ ...hook, ...made });
  }

  /** Sends an event to the repository's hooks that want it, signed; gives the answers' status codes. */
  webhook(event: WebhookEvent): Promise<number[]> {
    return deliver(this.state, event);
  }

  /** Opens an issue by hand and gives its number. */
  createIssue(name: string, issue: NewIssue): number {
    const { author = PERSON, ...wanted } = issue;
    return openIssue(this.state, this.state.repository(name), wanted, this.by(author)).number;
  }

  /** Changes an issue or pull request as a person does on its page. */
  editIssue(
    name: string,
    number: number,
    change: { title?: string; body?: string; state?: "open" | "closed" },
    actor: Actor = PERSON,
  ): void {
    const { issue } = this.find(name, number);
    const by = this.by(actor);
    if (change.title !== undefined) setTitle(this.state, issue, change.title, by);
    if (change.body !== undefined) Object.assign(issue, { body: change.body, updatedAt: this.state.now() });
    if (change.state !== undefined) setState(this.state, issue, change.state, by);
  }

  /** Comments by hand and gives the comment's id. */
  comment(name: string, number: number, body: string, author: Actor = PERSON): number {
    return addComment(this.state, this.find(name, number).issue, body, this.by(author)).id;
  }

  addLabel(name: string, number: number, label: string, actor: Actor = PERSON): void {
    const { repository, issue } = this.find(name, number);
    addLabels(this.state, repository, issue, [label], this.by(actor));
  }

  removeLabel(name: string, number: number, label: string, actor: Actor = PERSON): void {
    removeLabel(this.state, this.find(name, number).issue, label, this.by(actor));
  }

  issue(name: string, number: number): IssueView {
    const { issue } = this.find(name, number);
    return viewIssue(issue);
  }

  /** The pull requests of a repository, open or not, oldest first. */
  pulls(name: string): PullView[] {
    return pullsOf(this.state.repository(name)).map(viewPull);
  }

  /** Merges with a merge commit, as the button does. */
  async merge(name: string, number: number, actor: Actor = PERSON): Promise<void> {
    const repository = this.state.repository(name);
    const issue = pullsOf(repository).find((one) => one.number === number);
    if (issue === undefined) throw new Error(`${name} has no pull request ${number}.`);
    await mergePull(this.state, repository, issue, this.by(actor));
  }

  /** What was sent to `POST …/dispatches`. */
  dispatches(name: string): Repository["dispatches"] {
    return this.state.repository(name).dispatches;
  }

  /** Runs git in the bare repository and gives its output without the last line end. */
  git(name: string, ...args: string[]): Promise<string> {
    return git(this.state.repository(name).directory, args);
  }

  /** Commits files onto a branch, as somebody else's push would, and gives the commit's id. */
  async commit(
    name: string,
    branch: string,
    files: Files,
    message = "Change files",
    actor = PERSON,
  ): Promise<string> {
    const repository = this.state.repository(name);
    const { directory, defaultBranch } = repository;
    const known = await git(directory, ["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`]);
    const from = known || (await git(directory, ["rev-parse", `refs/heads/${defaultBranch}`]));
    const seconds = Math.floor(this.state.milliseconds() / 1000);
    const oid = await commitFiles(directory, branch, files, { message, from, seconds });
    await syncPulls(this.state, repository, this.by(actor));
    return oid;
  }

  private by(actor: Actor): Author {
    return { author: this.state.user(actor), appSlug: null };
  }

  private find(name: string, number: number) {
    const repository = this.state.repository(name);
    const issue = repository.issues.find((one) => one.number === number);
    if (issue === undefined) throw new Error(`${fullName(repository)} has no issue ${number}.`);
    return { repository, issue };
  }
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

function defaultRun(headBranch: string, createdAt: string) {
  return {
    name: "agent-runner",
    event: "issues",
    status: "in_progress",
    conclusion: null,
    attempt: 1,
    headBranch,
    headOid: "0".repeat(40),
    createdAt,
    approvals: [],
    jobs: [],
  };
}

function weigh(files: Files): number {
  return Object.values(files).reduce((sum: number, value) => {
    const content = value !== null && typeof value === "object" && "content" in value ? value.content : value;
    return sum + (content?.length ?? 0);
  }, 0);
}
