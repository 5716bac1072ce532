import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";
import { TaskFailure } from "../../failure.ts";
import type { IsolationChoice } from "../../isolation.ts";
import type { Log, Step, StepEnd, Steps } from "../../ports.ts";
import { endAll, firstEnd } from "./ending.ts";
import { type Environment, inheritedEnvironment } from "./environment.ts";
import type { Cell, Isolation } from "./isolation/isolation.ts";
import { openIsolation } from "./isolation/registry.ts";
import { trustedCommands } from "./isolation/trusted-commands.ts";
import { StepOutput } from "./output.ts";
import { makePlace, type Place } from "./place.ts";
import { readResultFile } from "./result-file.ts";
import { signalOf, startShell } from "./shell.ts";

/** In the environment of a step and of all that it starts: by it they are found again. */
const MARKER = "AGENT_RUNNER_STEP";
// For output that is still in the pipes when every process is gone.
const DRAIN_MS = 500;

export interface StepsOptions {
  /** The action's own environment; a step gets the listed part of it. */
  parentEnvironment: Environment;
  /** Names of variables that a step gets besides. */
  passEnv: readonly string[];
  /** Tokens that this run acts with: none of them is passed to a step. */
  ownTokens: readonly string[];
  isolation: IsolationChoice;
  /** Folder for the steps' own folders; no checkout may contain it. */
  temporaryFolder: string;
  log: Log;
  redact: (text: string) => string;
  /** Its abort ends a running step as `cancelled`. */
  cancellation: AbortSignal;
  /** Default: this machine's. */
  platform?: NodeJS.Platform;
}

/**
 * Runs steps with bash, on Linux and (ending daemons less completely) macOS. Throws `invalid-input` for a name in `passEnv`
 * that is refused, `isolation-unavailable` for what this machine cannot do.
 */
export function createSteps(options: StepsOptions): Steps {
  const { parentEnvironment, passEnv, ownTokens, platform = process.platform } = options;
  if (platform === "win32") {
    const why = "Processing steps run on Linux and macOS runners; this one is Windows.";
    throw new TaskFailure("isolation-unavailable", why);
  }
  const machine = { environment: parentEnvironment, commands: trustedCommands, log: options.log };
  const isolation = openIsolation(options.isolation, machine);
  const inherited = inheritedEnvironment(parentEnvironment, passEnv, ownTokens);
  const workshop = { ...options, platform, isolation, inherited };
  return {
    async run(step) {
      if (options.cancellation.aborted) return { end: { kind: "cancelled" }, outputTail: "", result: null };
      const directory = await realpath(step.directory);
      const place = await makePlace(options.temporaryFolder, step);
      try {
        return await runIn(place, { ...step, directory }, workshop);
      } finally {
        const failed = () => options.log.debug("A step's temporary folder could not be removed.");
        await place.dispose().catch(failed);
      }
    },
  };
}

interface Workshop extends Pick<StepsOptions, "log" | "redact" | "cancellation"> {
  isolation: Isolation;
  inherited: Record<string, string>;
  platform: NodeJS.Platform;
}

async function runIn(place: Place, step: Step, workshop: Workshop): Promise<StepEnd> {
  const { isolation, inherited } = workshop;
  const id = randomUUID();
  const bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", place.script];
  const own = { ...step.environment, ...place.variables, [MARKER]: id };
  const cell = await isolation.enter(bash, {
    ...{ directory: step.directory, folder: place.folder },
    environment: { ...inherited, CI: "true", TMPDIR: place.temporary, ...own },
  });
  const output = new StepOutput(workshop.log, workshop.redact);
  const work = runInCell(cell, place, step, { marker: `${MARKER}=${id}`, output }, workshop);
  const end = await work.finally(cell.leave);
  const result = await readResultFile(place.resultFile, step.resultVariable);
  return { end: cell.tellsSignalsAsStatus ? signalOf(end) : end, outputTail: output.finish(), result };
}

async function runInCell(
  cell: Cell,
  { folder }: Place,
  { directory, input, timeoutMs }: Step,
  { marker, output }: { marker: string; output: StepOutput },
  { platform, cancellation, log }: Workshop,
): Promise<StepEnd["end"]> {
  const shell = await startShell({
    ...{ command: cell.command, environment: cell.environment, folder, platform, directory, input },
    ...{ onOutput: output.addStream(), onErrors: output.addStream() },
  });
  try {
    const end = await firstEnd(shell, timeoutMs, cancellation);
    const traces = { marker, folders: [directory, folder], platform };
    await endAll(shell, traces, end.kind, log, cell.signal);
    await shell.drain(DRAIN_MS);
    return end;
  } finally {
    await shell.drain(0);
  }
}
