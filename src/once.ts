import { TaskFailure } from "./failure.ts";
import { AnswerLost, type Clock } from "./ports.ts";

const TRIES = 3;
const PAUSE_MS = 1000;

/**
 * Creates a thing that must be there once: where the answer is lost, looks for it before trying again.
 * Throws `github-unavailable` when three tries left nothing behind.
 */
export async function createOnce<T>(
  clock: Clock,
  what: string,
  create: () => Promise<T>,
  lookUp: () => Promise<T | null>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await create();
    } catch (thrown) {
      if (!(thrown instanceof AnswerLost)) throw thrown;
      const found = await lookUp();
      if (found !== null) return found;
      if (attempt === TRIES) throw unavailable(what, thrown);
      await clock.pause(PAUSE_MS * attempt);
    }
  }
}

/** Makes a write that may be repeated without harm, such as setting a text to a value. */
export function repeatWrite(clock: Clock, what: string, write: () => Promise<void>): Promise<void> {
  return createOnce(clock, what, write, async () => null);
}

function unavailable(what: string, cause: AnswerLost): TaskFailure {
  return new TaskFailure("github-unavailable", `${what}: GitHub gave no usable answer to ${TRIES} tries.`, {
    cause,
  });
}
