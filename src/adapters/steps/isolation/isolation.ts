/** How far a step is kept from the machine that it runs on: one file a level, one line in `registry.ts`. */
export interface Isolation {
  /**
   * The command that runs `command` inside of the isolation. Throws `TaskFailure("isolation-unavailable")` naming what
   * the machine lacks: it is never weakened silently.
   */
  wrap(command: readonly string[], step: IsolatedStep): Promise<readonly string[]>;
  /** Ends what our own signals do not reach (another user's processes, a container); called when the step is over. */
  endRest(step: IsolatedStep): Promise<void>;
}

export interface IsolatedStep {
  /** The checkout, which the step may write. */
  directory: string;
  /** The step's private folder, with its files and its result. */
  folder: string;
}
