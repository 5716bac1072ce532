import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "./answer.ts";
import type { Actor, App, Issue, Label, Repository, Token, TokenRegistration, User } from "./model.ts";
import { fullName } from "./model.ts";

const HOUR = 3_600_000;
const RATE_LIMITS = { classic: 5000, "fine-grained": 5000, installation: 5000, actions: 1000 };

/** Everything that the loopback GitHub remembers, and the clock and counter that it is remembered by. */
export class State {
  readonly directory: string;
  readonly repositories: Repository[] = [];
  readonly tokens = new Map<string, Token>();
  readonly apps: App[] = [];
  /** `http://127.0.0.1:PORT`, set once the server listens. */
  url = "";
  private readonly users = new Map<string, User>();
  private readonly oldNames = new Map<string, Repository>();
  private readonly clock: () => Date;
  private lastId = 1_000_000;

  constructor(directory: string, clock: () => Date) {
    this.directory = directory;
    this.clock = clock;
  }

  /** GitHub's clock: ISO 8601 in whole seconds. */
  now(): string {
    return `${this.clock().toISOString().slice(0, 19)}Z`;
  }

  milliseconds(): number {
    return this.clock().getTime();
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** The user of that login, made where there is none yet. */
  user({ login, type }: Actor): User {
    const key = login.toLowerCase();
    const known = this.users.get(key) ?? { login, type, id: this.nextId() };
    this.users.set(key, known);
    return known;
  }

  findUser(login: string): User | undefined {
    return this.users.get(login.toLowerCase());
  }

  register(registration: TokenRegistration): Token {
    const limit = RATE_LIMITS[registration.kind];
    const rate = { limit, used: 0, resetAt: this.milliseconds() + HOUR };
    const token = { ...registration, name: registration.name ?? registration.actor.login, rate };
    this.user(registration.actor);
    this.tokens.set(registration.token, token);
    return token;
  }

  /** A repository by its present name only, any case. */
  findRepository(name: string): Repository | undefined {
    return this.repositories.find((one) => fullName(one).toLowerCase() === name.toLowerCase());
  }

  /** A repository by its present or a former name. */
  resolveRepository(name: string): Repository | undefined {
    return this.findRepository(name) ?? this.oldNames.get(name.toLowerCase());
  }

  /** The repository of that name; throws where a test names one that it has not made. */
  repository(name: string): Repository {
    const found = this.resolveRepository(name);
    if (found === undefined) throw new Error(`The loopback GitHub has no repository ${name}.`);
    return found;
  }

  /** The issue or pull request of that number; throws where a test names one that there is not. */
  issue(name: string, number: number): { repository: Repository; issue: Issue } {
    const repository = this.repository(name);
    const issue = repository.issues.find((one) => one.number === number);
    if (issue === undefined) throw new Error(`${fullName(repository)} has no issue ${number}.`);
    return { repository, issue };
  }

  rename(from: string, to: string): void {
    const repository = this.repository(from);
    const [owner = "", name = ""] = to.split("/");
    this.oldNames.set(fullName(repository).toLowerCase(), repository);
    this.oldNames.delete(to.toLowerCase());
    if (owner !== repository.owner.login)
      repository.owner = this.user({ login: owner, type: "Organization" });
    repository.name = name;
  }

  /** The label of that name in a repository, made as GitHub makes one that is first used on an issue. */
  label(repository: Repository, name: string): Label {
    const known = repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known;
    const label = { id: this.nextId(), name, color: "ededed", description: "" };
    repository.labels.push(label);
    return label;
  }

  /** Writes one row of an issue's history and moves its `updated_at`. */
  recordEvent(issue: Issue, event: string, by: Author, detail: Record<string, unknown> = {}): void {
    issue.updatedAt = this.now();
    issue.events.push({
      id: this.nextId(),
      event,
      actor: by.author,
      appSlug: by.appSlug,
      createdAt: issue.updatedAt,
      detail,
    });
  }
}

/** Who wrote something, and through which GitHub App. */
export interface Author {
  author: User;
  appSlug: string | null;
}

/** Somebody who writes by hand, or a bot, which writes through its app. */
export function by(state: State, actor: Actor): Author {
  const appSlug = actor.type === "Bot" ? actor.login.replace(/\[bot\]$/, "") : null;
  return { author: state.user(actor), appSlug };
}

/** The author that a token writes as. */
export function authorOf(state: State, token: Token | null): Author {
  if (token === null) throw new Refusal(401, "Requires authentication");
  const appSlug = token.appSlug ?? (token.kind === "actions" ? "github-actions" : null);
  return { author: state.user(token.actor), appSlug };
}

/** An empty state over a new temporary folder, and how to be rid of the folder. */
export async function openState(clock: () => Date): Promise<{ state: State; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "loopback-github-"));
  const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  return { state: new State(directory, clock), remove };
}
