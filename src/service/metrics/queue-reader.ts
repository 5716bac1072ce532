import type { Clock } from "../../ports.ts";
import type { Job } from "../queue/queue.ts";

/** The queue, for whoever wants to know what waits. */
export interface QueueSource {
  waiting(): Promise<Job[]>;
  /** Told why it could not be read. */
  warn(message: string): void;
}

/** Half of what Prometheus waits for an answer unless it is told otherwise. */
const PATIENCE_MS = 5000;

/** Reads what waits; gives `null` where that fails, or takes too long. One reading at a time: who asks meanwhile gets the same. */
export function createQueueReader(
  clock: Pick<Clock, "later">,
): (source: QueueSource) => Promise<Job[] | null> {
  let reading: Promise<Job[]> | null = null;
  const read = (source: QueueSource) => {
    reading ??= source.waiting().finally(() => {
      reading = null;
    });
    return reading;
  };
  return async (source) => {
    let callOff = () => {};
    const late = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new Error(`It took more than ${PATIENCE_MS / 1000} s.`));
      callOff = clock.later(PATIENCE_MS, giveUp).callOff;
    });
    try {
      return await Promise.race([read(source), late]);
    } catch (thrown) {
      source.warn(`The queue could not be read for the metrics: ${String(thrown)}`);
      return null;
    } finally {
      callOff();
    }
  };
}
