import { setTimeout as pause } from "node:timers/promises";
import type { Log, StepEnd } from "../../ports.ts";
import { findProcesses, type Traces } from "./processes.ts";
import type { Shell } from "./shell.ts";
import { signal, terminate } from "./terminate.ts";

type End = StepEnd["end"];

const LONGEST_TIMER_MS = 2 ** 31 - 1;
// A cancelled run has 7.5 s in all, one that is out of time ends within 5 s of its deadline; what a finished shell leaves
// behind has no work to save.
const GRACE_MS: Record<End["kind"], number> = { exit: 500, signal: 500, timeout: 2_000, cancelled: 1_500 };
const REAPER_PATIENCE_MS = 20;

/** Whichever comes first: the shell's own end, its deadline, or the run's cancellation. */
export async function firstEnd(shell: Shell, timeoutMs: number, cancellation: AbortSignal): Promise<End> {
  const over = new AbortController();
  const timeout = pause(Math.min(timeoutMs, LONGEST_TIMER_MS), { kind: "timeout" } as const, {
    signal: over.signal,
  });
  const cancelled = new Promise<End>((resolve) => {
    const onAbort = () => resolve({ kind: "cancelled" });
    cancellation.addEventListener("abort", onAbort, { once: true, signal: over.signal });
    if (cancellation.aborted) onAbort();
  });
  try {
    return await Promise.race([shell.ended, timeout, cancelled]);
  } finally {
    over.abort();
    await timeout.catch(() => {});
  }
}

/** Ends all that the step started and is still alive: when git starts, nothing of the step may be there. `send` signals. */
export async function endAll(
  shell: Shell,
  traces: Omit<Traces, "root" | "withRoot">,
  reason: End["kind"],
  log: Pick<Log, "warning">,
  send = signal,
): Promise<void> {
  // A reaper that has nobody left to wait for ends at once.
  if (await Promise.race([shell.empty, pause(REAPER_PATIENCE_MS, false)])) return;
  const all = { ...traces, root: shell.root, withRoot: !shell.reaped };
  const survivors = await terminate(() => findProcesses(all), GRACE_MS[reason], send);
  if (survivors.length === 0) return;
  // Its reaper would wait for them for ever.
  if (shell.reaped) signal([shell.root], "SIGKILL");
  log.warning(`Processes of the step could not be ended: ${survivors.join(", ")} (another user's?).`);
}
