import type { Git, Log } from "../../ports.ts";
import type { GitDatabase } from "../github/git-database.ts";
import type { TokenSource } from "../token-source.ts";
import { createCheckout } from "./checkout.ts";
import { baseEnvironment, locateGit } from "./environment.ts";
import type { Mirrors } from "./mirrors.ts";
import { createStore } from "./store.ts";

export interface GitAdapterOptions {
  /** The target's token; asked for anew for each command that talks to the server. */
  token: TokenSource;
  /** Our own process's environment: git gets its proxies and certificates, and nothing else of it. */
  environment: NodeJS.ProcessEnv;
  /** Absolute path of git; by default the one on the `PATH` of `environment`. */
  gitPath?: string;
  /** Folder for stores and checkouts. */
  temporaryFolder: string;
  log: Pick<Log, "debug" | "outside">;
  /** Makes the commits that are to be signed; without it there are none. */
  database?: GitDatabase;
  /** Where checkouts are fetched through; without them they come from the server. */
  mirrors?: Mirrors;
  /** Kills the running command; its reason is thrown. */
  cancellation: AbortSignal;
  /** Most that one command may take, in milliseconds; 10 minutes by default. */
  deadlineMs?: number;
}

const DEADLINE_MS = 600_000;

/** Git by its command line. Which git that is, is decided here, before any step could put another one on the path. */
export function createGit({
  gitPath,
  deadlineMs = DEADLINE_MS,
  environment,
  ...rest
}: GitAdapterOptions): Git {
  const path = gitPath ?? locateGit(environment.PATH);
  const options = { ...rest, deadlineMs, gitPath: path, environment: baseEnvironment(path, environment) };
  return {
    open: (url) => createStore(options, url),
    checkout: (url, want) => createCheckout(options, url, want),
  };
}
