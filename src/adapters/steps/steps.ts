import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { TaskFailure } from "../../failure.ts";
import type { Log, Step, StepEnd, Steps } from "../../ports.ts";
import { type Environment, inheritedEnvironment } from "./environment.ts";
import type { IsolatedStep, Isolation } from "./isolation/isolation.ts";
import { chooseIsolation } from "./isolation/registry.ts";
import { StepOutput } from "./output.ts";
import { makePlace, type Place } from "./place.ts";
import { findProcesses } from "./processes.ts";
import { readResultFile } from "./result-file.ts";
import { type Shell, startShell } from "./shell.ts";
import { terminate } from "./terminate.ts";

/** In the environment of a step and of all that it starts: by it they are found again. */
const MARKER = "AGENT_RUNNER_STEP";
// A cancelled run has 7.5 s in all; one that is out of time must end within 5 s; what a finished shell leaves has no work to save.
const GRACE_MS = { exit: 500, signal: 500, timeout: 2_000, cancelled: 1_500 } as const;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const DRAIN_MS = 500;

export interface StepsOptions {
  /** The action's own environment; a step gets the listed part of it. */
  parentEnvironment: Environment;
  /** Names of variables that a step gets besides. */
  passEnv: readonly string[];
  /** Tokens that this run acts with: none of them is passed to a step. */
  ownTokens: readonly string[];
  /** Name of a level of isolation. */
  isolation: string;
  /** Folder for the steps' own folders; no checkout may contain it. */
  temporaryFolder: string;
  log: Log;
  redact: (text: string) => string;
  /** Its abort ends a running step as `cancelled`. */
  cancellation: AbortSignal;
  platform?: NodeJS.Platform;
}

/** Runs steps with bash. Throws `invalid-input` for a name in `passEnv` that is refused, `isolation-unavailable` for what this machine cannot do. */
export function createSteps(options: StepsOptions): Steps {
  const { parentEnvironment, passEnv, ownTokens, platform = process.platform } = options;
  if (platform === "win32") {
    throw new TaskFailure(
      "isolation-unavailable",
      "Processing steps run on Linux and macOS runners; this one is Windows.",
    );
  }
  const isolation = chooseIsolation(options.isolation);
  const inherited = inheritedEnvironment(parentEnvironment, passEnv, ownTokens);
  return {
    async run(step) {
      const place = await makePlace(options.temporaryFolder, step);
      try {
        return await runIn(
          place,
          { ...step, directory: await realpath(step.directory) },
          isolation,
          inherited,
          options,
        );
      } finally {
        await place
          .dispose()
          .catch(() => options.log.debug("A step's temporary folder could not be removed."));
      }
    },
  };
}

async function runIn(
  place: Place,
  step: Step,
  isolation: Isolation,
  inherited: Record<string, string>,
  { log, redact, cancellation }: StepsOptions,
): Promise<StepEnd> {
  if (cancellation.aborted) return { end: { kind: "cancelled" }, outputTail: "", result: null };
  const id = randomUUID();
  const isolated: IsolatedStep = { directory: step.directory, folder: place.folder };
  const bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", place.script];
  const shell = await startShell({
    command: await isolation.wrap(bash, isolated),
    directory: step.directory,
    environment: {
      ...inherited,
      CI: "true",
      TMPDIR: place.temporary,
      ...step.environment,
      ...place.variables,
      [MARKER]: id,
    },
    input: step.input,
    folder: place.folder,
  });
  const output = new StepOutput(log, redact);
  output.read(shell.output);
  output.read(shell.errors);
  try {
    const end = await firstEnd(shell, step.timeoutMs, cancellation);
    await endAll(shell, `${MARKER}=${id}`, isolated, GRACE_MS[end.kind], log);
    await isolation.endRest(isolated);
    return { end, outputTail: await output.finish(DRAIN_MS), result: await readResultFile(place.resultFile) };
  } finally {
    shell.output.destroy();
    shell.errors.destroy();
  }
}

/** Whichever comes first: the shell's own end, its deadline, or the run's cancellation. */
async function firstEnd(shell: Shell, timeoutMs: number, cancellation: AbortSignal): Promise<StepEnd["end"]> {
  const over = new AbortController();
  const timeout = pause(Math.min(timeoutMs, LONGEST_TIMER_MS), { kind: "timeout" } as const, {
    signal: over.signal,
  });
  const cancelled = new Promise<{ kind: "cancelled" }>((resolve) => {
    cancellation.addEventListener("abort", () => resolve({ kind: "cancelled" }), {
      once: true,
      signal: over.signal,
    });
    if (cancellation.aborted) resolve({ kind: "cancelled" });
  });
  try {
    return await Promise.race([shell.ended, timeout, cancelled]);
  } finally {
    over.abort();
    await timeout.catch(() => {});
  }
}

/** Nothing that the step started may be alive when git starts. */
async function endAll(
  shell: Shell,
  marker: string,
  step: IsolatedStep,
  graceMs: number,
  log: Log,
): Promise<void> {
  // A reaper that has nothing to wait for is gone at once.
  if (await Promise.race([shell.empty, pause(20, false)])) return;
  const folders = [step.directory, step.folder];
  const traces = { root: shell.root, withRoot: !shell.reaped, marker, folders };
  const survivors = await terminate(() => findProcesses(traces), graceMs);
  if (survivors.length === 0) return;
  // Its reaper would wait for them for ever.
  if (shell.reaped) process.kill(shell.root, "SIGKILL");
  log.warning(`Processes of the step could not be ended: ${survivors.join(", ")} (another user's?).`);
}
