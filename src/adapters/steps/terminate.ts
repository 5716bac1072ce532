import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 40;
const KILL_PATIENCE_MS = 2_500;

type Send = (pids: readonly number[], name: NodeJS.Signals) => void;

/**
 * Ends all that `find` finds, and what appears meanwhile: SIGTERM, `graceMs` to end by themselves, then SIGKILL until
 * none is left. Gives those that could not be killed (another user's, or in uninterruptible sleep).
 */
export async function terminate(
  find: () => number[],
  graceMs: number,
  send: Send = signal,
): Promise<number[]> {
  const found = find();
  if (found.length === 0) return [];
  send(found, "SIGTERM");
  // A stopped process gets its SIGTERM only when it goes on.
  send(found, "SIGCONT");
  const left = await waitForNone(find, graceMs);
  if (left.length === 0) return [];
  return waitForNone(() => {
    const alive = find();
    if (alive.length > 0) send(alive, "SIGKILL");
    return alive;
  }, KILL_PATIENCE_MS);
}

async function waitForNone(find: () => number[], patienceMs: number): Promise<number[]> {
  const deadline = performance.now() + patienceMs;
  let left = find();
  while (left.length > 0 && performance.now() < deadline) {
    await pause(POLL_MS);
    left = find();
  }
  return left;
}

/** Sends a signal to those that are still there and ours. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Gone meanwhile, or another user's: the next look tells.
    }
  }
}
