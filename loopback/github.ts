import { issueControls } from "./controls/issues.ts";
import { repositoryControls } from "./controls/repositories.ts";
import { settingsControls } from "./controls/settings.ts";
import type { Faults, RequestRecord } from "./faults.ts";
import type { Actor } from "./model.ts";
import { LoopbackServer } from "./server.ts";
import { openState, type State } from "./state.ts";
import type { Violation } from "./witness.ts";

export interface LoopbackOptions {
  /** Milliseconds added to each request; default 0. */
  latencyMs?: number;
  /** GitHub's clock; default the real one. */
  now?: () => Date;
  /** Default: any free port. */
  port?: number;
}

/**
 * A strict, stateful GitHub on 127.0.0.1: its REST API, its git server and its clock. It knows only what a test
 * registers and creates, and judges each request and each answer by GitHub's OpenAPI description.
 */
export type LoopbackGitHub = Observed &
  ReturnType<typeof repositoryControls> &
  ReturnType<typeof issueControls> &
  ReturnType<typeof settingsControls>;

/** Whoever does something by hand where a test does not say who. */
const PERSON: Actor = { login: "octocat", type: "User" };

/** Starts one; whoever started it closes it, which also removes its folder. */
export async function startLoopbackGitHub(options: LoopbackOptions = {}): Promise<LoopbackGitHub> {
  const { state, remove } = await openState(options.now ?? (() => new Date()));
  const server = new LoopbackServer(state, options.latencyMs ?? 0);
  await server.listen(options.port ?? 0);
  return Object.assign(
    new Observed(state, server, remove),
    repositoryControls(state, PERSON),
    issueControls(state, PERSON),
    settingsControls(state, PERSON),
  );
}

/** The server as a test sees it: what came, what was wrong with it, and what goes wrong next. */
class Observed {
  /** For the event builders. */
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

  /** Ends all connections and removes the git repositories; throws what went wrong inside the loopback itself. */
  async close(): Promise<void> {
    try {
      await this.server.close();
    } finally {
      await this.remove();
    }
  }
}
