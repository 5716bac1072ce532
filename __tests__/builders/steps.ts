import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSteps, type StepsOptions } from "../../src/adapters/steps/steps.ts";
import type { Step, StepEnd } from "../../src/ports.ts";

/** A folder with a checkout, the adapter over it, and all that can be seen of what it did. */
export interface StepScene {
  run(script: string, change?: Partial<Step>): Promise<StepEnd>;
  checkout: string;
  /** Folder of the steps' own folders. */
  temporary: string;
  /** Lines of the log's `outside`. */
  lines: string[];
  /** The log's other messages. */
  messages: string[];
  cancel(): void;
}

/** Plays `act` in a scene of its own. */
export async function withSteps<T>(
  act: (scene: StepScene) => Promise<T>,
  change: Partial<StepsOptions> = {},
): Promise<T> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "steps-")));
  const [checkout, temporary] = [join(root, "checkout"), join(root, "temporary")];
  for (const folder of [checkout, temporary]) mkdirSync(folder);
  const lines: string[] = [];
  const messages: string[] = [];
  const say = (message: string) => void messages.push(message);
  const cancellation = new AbortController();
  const steps = createSteps({
    parentEnvironment: { PATH: process.env.PATH, HOME: root, LANG: "C.UTF-8" },
    ...{ passEnv: [], ownTokens: [], isolation: { level: "none" } as const, temporaryFolder: temporary },
    log: {
      debug: say,
      info: say,
      warning: say,
      group: (_, work) => work(),
      outside: (line) => void lines.push(line),
    },
    redact: (text) => text.replaceAll("hunter2", "***"),
    cancellation: cancellation.signal,
    ...change,
  });
  const run = (script: string, changedStep: Partial<Step> = {}) =>
    steps.run({
      ...{ script, directory: checkout, files: {}, resultVariable: "AGENT_RESULT_FILE" },
      ...{ environment: {}, input: "", timeoutMs: 60_000 },
      ...changedStep,
    });
  try {
    return await act({ run, checkout, temporary, lines, messages, cancel: () => cancellation.abort() });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

let sleeps = 0;

/** A `sleep` command of a length that nobody else sleeps, for `alive` to look for. */
export function aLongSleep(): string {
  sleeps += 1;
  return `sleep ${700_000 + process.pid}.${sleeps}`;
}

/** Living processes with that command line, given as words with single spaces. */
export function alive(commandLine: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim() === commandLine;
      } catch {
        return false;
      }
    });
}
