import * as core from "@actions/core";
import { auditing } from "../audit/auditing.ts";
import { INPUTS, type Settings } from "../inputs.ts";
import { chooseIsolation } from "../isolation.ts";
import type { Audit, Log, Ports } from "../ports.ts";
import type { Redactor } from "../redact.ts";
import { type Access, openAccess } from "./access.ts";
import { createArtifacts } from "./artifacts.ts";
import { openCallback } from "./callback.ts";
import { systemClock } from "./clock.ts";
import { createGit } from "./git/git.ts";
import type { Mirrors } from "./git/mirrors.ts";
import type { ExchangeOptions } from "./github/exchange.ts";
import { createGitDatabase } from "./github/git-database.ts";
import { createGitHub } from "./github/github.ts";
import { workFolder } from "./steps/isolation/work-folder.ts";
import { createSteps } from "./steps/steps.ts";
import type { Workflow } from "./workflow.ts";

/** An input as the runner passes it on; multi-line ones keep their inner white space. */
export function inputOf(name: string): string {
  return core.getInput(name, { trimWhitespace: false });
}

/** Hides every secret that the workflow handed over, before anything is read or written with it. */
export function concealInputs(redactor: Pick<Redactor, "add">): void {
  for (const [name, { secret }] of Object.entries(INPUTS)) {
    if (secret) redactor.add(inputOf(name));
  }
}

/** Everything that the core may do, and how to give back what was made for it. */
export interface World extends Ports {
  /** Revokes the tokens that were made; never throws. */
  close(): Promise<void>;
}

export interface PortsOptions {
  apiUrl: string;
  temporaryFolder: string;
  /** For work that could not be pushed. Default is the temporary folder. */
  keptFolder?: string;
  log: Log;
  redactor: Redactor;
  cancellation: AbortSignal;
  /** Where every write and every step is taken down. */
  audit: Audit;
  /** Sees every answer of GitHub's API. */
  onAnswer?: ExchangeOptions["onAnswer"];
  /** Where checkouts are fetched through; only for isolations that keep a step from them. */
  mirrors?: Mirrors | undefined;
}

/** Everything that the core may do, on this machine, for this run. */
export function openPorts(
  settings: Settings,
  { temporaryFolder, apiUrl }: Pick<Workflow, "temporaryFolder" | "apiUrl">,
  options: Pick<PortsOptions, "log" | "redactor" | "cancellation" | "audit">,
): World {
  const { log, redactor } = options;
  const api = { baseUrl: apiUrl, clock: systemClock, log, redact: redactor.redact };
  const access = openAccess(settings, { ...api, conceal: redactor.add });
  const ports = openPortsWith(access, settings, { ...options, temporaryFolder, apiUrl });
  return { ...ports, close: access.close };
}

/** The same with tokens that somebody else opened, and closes. */
export function openPortsWith(access: Access, settings: Settings, options: PortsOptions): Ports {
  const { temporaryFolder, apiUrl, log, redactor, cancellation, audit, onAnswer, mirrors } = options;
  const { redact } = redactor;
  const api = { baseUrl: apiUrl, clock: systemClock, log, redact, ...(onAnswer ? { onAnswer } : {}) };
  const dispatch = createGitHub({ ...api, token: access.dispatch });
  const database = createGitDatabase({ ...api, token: access.target });
  const isolation = chooseIsolation(settings);
  const folder = workFolder(isolation, temporaryFolder);
  const git = (signal: AbortSignal) =>
    createGit({
      token: access.target,
      database,
      ...(mirrors ? { mirrors } : {}),
      environment: process.env,
      temporaryFolder: folder,
      log,
      cancellation: signal,
    });
  return auditing({
    dispatch,
    target: access.isOne ? dispatch : createGitHub({ ...api, token: access.target }),
    git: git(cancellation),
    claims: git(new AbortController().signal),
    steps: createSteps({
      parentEnvironment: process.env,
      passEnv: settings.passEnv,
      ownTokens: access.secrets,
      isolation,
      temporaryFolder: folder,
      log,
      redact,
      cancellation,
    }),
    artifacts: createArtifacts({ temporaryFolder: options.keptFolder ?? temporaryFolder }),
    audit,
    findSecrets: redactor.find,
    ...openCallback(settings, { clock: systemClock, redact }),
    log,
    clock: systemClock,
    cancellation,
  });
}
