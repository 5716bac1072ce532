import { TaskFailure } from "../failure.ts";

/** The runner cancels with SIGINT, sends SIGTERM 7.5 s later and kills 2.5 s after that. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Aborts on the first signal; later ones change nothing, so that the run can write its end. */
export function cancelledBySignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (controller.signal.aborted) return;
      controller.abort(new TaskFailure("cancelled", `The run was cancelled (${signal}).`));
    });
  }
  return controller.signal;
}
