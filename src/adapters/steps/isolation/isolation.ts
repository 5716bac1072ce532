import type { Log } from "../../../ports.ts";
import type { Environment } from "../environment.ts";
import type { TrustedCommands } from "./trusted-commands.ts";

/** How far a step is kept from the machine that it runs on: one file a level, one line in `registry.ts`. */
export interface Isolation {
  /**
   * Makes everything ready for one step. Throws `TaskFailure("isolation-unavailable")` naming what the machine lacks and
   * how to get it: a level is never weakened silently.
   */
  enter(command: readonly string[], step: IsolatedStep): Promise<Cell>;
}

export interface IsolatedStep {
  /** The checkout, which the step may write. */
  directory: string;
  /** The step's private folder, with its files and its result. */
  folder: string;
  environment: Record<string, string>;
}

/** One step's place in the isolation. */
export interface Cell {
  /** What to start in place of the command, and with which environment. */
  command: readonly string[];
  environment: Record<string, string>;
  /** Signals processes of the step; missing where our own signals reach them. */
  signal?(pids: readonly number[], name: NodeJS.Signals): void;
  /** Whether a shell that a signal ended is told as the exit status 128 + signal. */
  tellsSignalsAsStatus?: boolean;
  /** Ends what our signals do not reach, and gives the folders back to us. Throws where something is left alive. */
  leave(): Promise<void>;
}

/** The machine that the runner works on. */
export interface Machine {
  /** The runner's own environment. */
  environment: Environment;
  commands: TrustedCommands;
  log: Pick<Log, "info">;
}
