import type { ExchangeOptions } from "../../src/adapters/github/exchange.ts";
import { createGitHub } from "../../src/adapters/github/github.ts";
import type { GitHub } from "../../src/ports.ts";
import { aClock, type StandingClock } from "./clock.ts";
import { type Seen, startScriptedGitHub, type Turn } from "./scripted-github.ts";

export const TOKEN = "ghs_canary";

/** The adapter over a scripted server, and all that can be seen of what it did. */
export interface Scene {
  github: GitHub;
  /** What the server saw. */
  requests: Seen[];
  clock: StandingClock;
  warnings: string[];
  debug: string[];
  /** The server's address. */
  url: string;
}

/** Plays the script for as long as `act` takes. */
export async function withGitHub<T>(
  script: Turn[],
  act: (scene: Scene) => Promise<T>,
  change: Partial<ExchangeOptions> & { budgetMs?: number } = {},
): Promise<T> {
  const server = await startScriptedGitHub(...script);
  const clock = aClock();
  const warnings: string[] = [];
  const debug: string[] = [];
  const log = { warning: (line: string) => warnings.push(line), debug: (line: string) => debug.push(line) };
  const github = createGitHub({
    baseUrl: server.url,
    token: async () => TOKEN,
    log,
    clock,
    redact: (text) => text,
    ...change,
  });
  try {
    return await act({ github, requests: server.requests, clock, warnings, debug, url: server.url });
  } finally {
    await server.close();
  }
}
