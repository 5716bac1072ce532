import * as core from "@actions/core";
import type { InputName, Settings } from "../inputs.ts";
import type { Log, Ports } from "../ports.ts";
import type { Redactor } from "../redact.ts";
import { createArtifacts } from "./artifacts.ts";
import { systemClock } from "./clock.ts";
import { createGit } from "./git/git.ts";
import { createGitHub } from "./github/github.ts";
import { createSteps } from "./steps/steps.ts";
import type { Workflow } from "./workflow.ts";

/** An input as the runner passes it on; multi-line ones keep their inner white space. */
export function inputOf(name: InputName): string {
  return core.getInput(name, { trimWhitespace: false });
}

/** Everything that the core may do, on this machine, for this run. */
export function openPorts(
  settings: Settings,
  workflow: Workflow,
  { log, redactor, cancellation }: { log: Log; redactor: Redactor; cancellation: AbortSignal },
): Ports {
  const { temporaryFolder, apiUrl } = workflow;
  const { redact } = redactor;
  const targetToken = settings.targetToken ?? settings.token;
  const ownTokens = [settings.token, targetToken];
  for (const token of ownTokens) redactor.add(token);
  const gitHub = (token: string) =>
    createGitHub({ baseUrl: apiUrl, token: async () => token, clock: systemClock, log, redact });
  const dispatch = gitHub(settings.token);
  const git = (signal: AbortSignal) =>
    createGit({
      token: async () => targetToken,
      environment: process.env,
      temporaryFolder,
      log,
      cancellation: signal,
    });
  return {
    dispatch,
    target: targetToken === settings.token ? dispatch : gitHub(targetToken),
    git: git(cancellation),
    claims: git(new AbortController().signal),
    steps: createSteps({
      parentEnvironment: process.env,
      passEnv: settings.passEnv,
      ownTokens,
      isolation: "none",
      temporaryFolder,
      log,
      redact,
      cancellation,
    }),
    artifacts: createArtifacts(workflow),
    log,
    clock: systemClock,
    cancellation,
  };
}
