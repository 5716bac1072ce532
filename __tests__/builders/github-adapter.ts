import type { ExchangeOptions } from "../../src/adapters/github/exchange.ts";
import { createGitHub } from "../../src/adapters/github/github.ts";
import type { GitHub } from "../../src/ports.ts";
import { aClock, type StandingClock } from "./clock.ts";
import { type Seen, type Turn, withScriptedGitHub } from "./scripted-github.ts";

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

interface Change extends Partial<ExchangeOptions> {
  budgetMs?: number;
  /** Where the API is on its host, as an enterprise server has it. */
  basePath?: string;
}

/** Plays the script for as long as `act` takes. */
export async function withGitHub<T>(
  script: Turn[],
  act: (scene: Scene) => Promise<T>,
  { basePath = "", ...change }: Change = {},
): Promise<T> {
  return await withScriptedGitHub(script, async ({ url, requests }) => {
    const clock = aClock();
    const warnings: string[] = [];
    const debug: string[] = [];
    const log = { warning: (line: string) => warnings.push(line), debug: (line: string) => debug.push(line) };
    const baseUrl = url + basePath;
    const token = async () => TOKEN;
    const redact = (text: string) => text;
    const github = createGitHub({ baseUrl, token, log, clock, redact, ...change });
    return await act({ github, requests, clock, warnings, debug, url });
  });
}

/** Makes one call that GitHub answers so; gives the request and what the caller gets. */
export async function askGitHub<T>(status: number, body: unknown, call: (github: GitHub) => Promise<T>) {
  return await withGitHub([{ status, body }], async ({ github, requests }) => {
    const result = await call(github);
    return { result, request: requests[0] as Seen };
  });
}
