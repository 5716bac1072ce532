import type { TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import type { Checkout, GitStore, Ports } from "../ports.ts";
import type { Oid, Start, StepResult, Task } from "../task.ts";

/** The job in hand, and what a processor may use for it. */
export interface Job extends Pick<Ports, "git" | "steps" | "log"> {
  task: Task;
  settings: Settings;
}

/** A private store with the start fetched, without files. */
export interface StoreSource {
  store: GitStore;
  start: Start;
}

/** A folder with the start's files, for a step. No store exists while a step runs: a step could find it. */
export interface CheckoutSource {
  checkout: Checkout;
  start: Start;
}

/** What a processor made: a tree in a store. */
export interface Work {
  store: GitStore;
  tree: Oid;
  result: StepResult;
  /** What a step printed last. */
  outputTail: string;
  /** What was made and is not in the tree, for people. */
  leftOut: string[];
  /** What to tell (Markdown) where the tree is the start's own. */
  nothing: string;
  /** Set where the step failed; its half-done work is kept, not proposed. */
  failure: TaskFailure | null;
}

/** A processor says whether it needs the target's files on disk, and makes a tree. */
export type Processor =
  | { needs: "store"; process(job: Job, source: StoreSource): Promise<Work> }
  | { needs: "checkout"; process(job: Job, source: CheckoutSource): Promise<Work> };
