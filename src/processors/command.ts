import { asFailure, TaskFailure } from "../failure.ts";
import { orDispose } from "../or-dispose.ts";
import type { Checkout, Git, StepEnd } from "../ports.ts";
import { parseStepResult, stepFiles } from "../step-files.ts";
import type { Start, StepResult, Task } from "../task.ts";
import type { Processor, Work } from "./processor.ts";

/** Runs the workflow's `command` in a fresh checkout; what changed there is the work. */
export const command: Processor = {
  needs: "checkout",
  async process({ task, settings, steps, git, log }, { checkout, start }) {
    const script = settings.command;
    if (!script)
      throw new TaskFailure(
        "invalid-input",
        "The processor `command` needs the input `command`: a shell script.",
      );
    const timeoutMs = settings.timeoutMinutes * 60_000;
    const ended = await log.group("Processing step", () =>
      steps.run({ ...stepFiles(task), script, directory: checkout.path, timeoutMs }),
    );
    const { result, failure } = judge(ended, settings.timeoutMinutes);
    const { store, tree, leftOut } = await takeWork(git, task, checkout, start).catch((thrown: unknown) => {
      // A step that failed is told of, also where its half-done work cannot be taken.
      throw failure ?? thrown;
    });
    const nothing = result.summary ? "The step ended well and changed nothing; it says why." : SILENT;
    return { store, tree, result, outputTail: ended.outputTail, leftOut, nothing, failure };
  },
};

async function takeWork(
  git: Git,
  task: Task,
  checkout: Checkout,
  start: Start,
): Promise<Pick<Work, "store" | "tree" | "leftOut">> {
  const store = await git.open(task.target.cloneUrl);
  return await orDispose(store, async () => {
    const commits = [start.oid, ...(start.branchTip ? [start.branchTip] : [])];
    const taken = await store.snapshot(checkout, commits);
    // Deleted while the work is pushed: that of a large repository takes a while. Whoever made the checkout awaits it.
    checkout.dispose();
    return { store, ...taken };
  });
}

const SILENT = "The step ended well, changed nothing and gave no reason.";

/** Did the step do what it was asked to? By its end first, then by its own word. */
function judge(ended: StepEnd, minutes: number): { result: StepResult; failure: TaskFailure | null } {
  const failure = failedEnd(ended, minutes);
  if (failure) return { result: {}, failure };
  try {
    const result = parseStepResult(ended.result);
    if (result.status !== "failed") return { result, failure: null };
    const words = result.summary ?? ended.outputTail;
    return {
      result,
      failure: new TaskFailure("step-failed", "The step said so in its result file.", { quote: words }),
    };
  } catch (thrown) {
    return { result: {}, failure: asFailure(thrown) };
  }
}

/** Why the step did not end well; `null` where it did. */
export function failedEnd({ end, outputTail }: StepEnd, minutes: number): TaskFailure | null {
  const quote = { quote: outputTail };
  switch (end.kind) {
    case "timeout":
      return new TaskFailure(
        "timeout",
        `It was stopped after ${minutes} minutes (\`timeout-minutes\`).`,
        quote,
      );
    case "cancelled":
      return new TaskFailure("cancelled", "The processing step was stopped.", quote);
    case "signal":
      return new TaskFailure("command-failed", `It was ended by the signal ${end.signal}.`, quote);
    case "exit":
      return end.code === 0
        ? null
        : new TaskFailure("command-failed", `Its exit status was ${end.code}.`, quote);
  }
}
