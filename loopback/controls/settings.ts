import type { Actor, App, TokenRegistration, WorkflowRun } from "../model.ts";
import type { State } from "../state.ts";
import { deliver, type WebhookEvent } from "../webhooks.ts";

/** A run as a test tells it: only its id must be told. */
export type NewRun = Partial<Omit<WorkflowRun, "actor">> & { id: number; actor?: Actor };

/** Logins and slugs of those whom an environment asks; nobody by default. */
export interface Reviewers {
  users?: string[];
  teams?: string[];
  preventSelfReview?: boolean;
}

export interface Review {
  by: string;
  environment: string;
  state: "approved" | "rejected" | "pending";
  comment?: string;
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

/** Credentials, limits, rules, runs and hooks: what is set up around the repositories. */
export function settingsControls(state: State, person: Actor) {
  return {
    registerToken(token: TokenRegistration): void {
      state.register(token);
    },

    registerApp(app: App): void {
      state.apps.push(app);
    },

    /** Sets how many calls a token has left, and when (milliseconds since 1970) it has all of them again. */
    setRateLimit(token: string, remaining: number, resetAt?: number): void {
      const rate = state.tokens.get(token)?.rate;
      if (rate === undefined) throw new Error("No such token is registered.");
      rate.used = rate.limit - remaining;
      rate.resetAt = resetAt ?? rate.resetAt;
    },

    /** Adds a rule that `GET …/rules/branches/{branch}` tells; `branches` may end in `*`. */
    addRule(name: string, branches: string, rule: Record<string, unknown>): void {
      state.repository(name).rules.push({ branches, rule });
    },

    /** Creates an environment, or sets whose approval it asks for. */
    setEnvironment(name: string, environment: string, reviewers: Reviewers = {}): void {
      const { users = [], teams = [], preventSelfReview = false } = reviewers;
      const { environments } = state.repository(name);
      const at = environments.findIndex((each) => each.name === environment);
      const id = environments[at]?.id ?? state.nextId();
      const logins = users.map((login) => state.user({ login, type: "User" }));
      const made = { id, name: environment, users: logins, teams, preventSelfReview };
      environments.splice(at < 0 ? environments.length : at, 1, made);
    },

    /** Somebody reviews what a run wants to deploy to an environment. */
    review(name: string, runId: number, { by, comment = "", ...review }: Review): void {
      const run = state.repository(name).runs.find(({ id }) => id === runId);
      if (run === undefined) throw new Error(`There is no run ${runId}.`);
      run.approvals.push({ ...review, comment, user: state.user({ login: by, type: "User" }) });
    },

    addRun(name: string, run: NewRun): void {
      const repository = state.repository(name);
      const actor = state.user(run.actor ?? person);
      repository.runs.push({ ...defaultRun(repository.defaultBranch, state.now()), ...run, actor });
    },

    addHook(name: string, hook: { url: string; secret: string; events: string[] }): void {
      const made = { id: state.nextId(), createdAt: state.now(), deliveries: [] };
      state.repository(name).hooks.push({ ...hook, ...made });
    },

    /** Sends an event to the repository's hooks that want it, signed; gives the status codes of their answers. */
    webhook: (event: WebhookEvent): Promise<number[]> => deliver(state, event),
  };
}
