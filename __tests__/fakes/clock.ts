import type { Clock } from "../../src/ports.ts";
import { aClock } from "../builders/clock.ts";

export interface FakeClock extends Clock {
  /** Lets time pass, and does what was planned for it. */
  pass(milliseconds: number): Promise<void>;
  /** How much work is planned. */
  planned(): number;
}

/** Waits for nothing: a pause is over at once, and later comes when the test says so. */
export function createFakeClock(start: string): FakeClock {
  const clock = aClock(start);
  const works = new Set<{ at: number; work: () => void }>();
  return {
    ...clock,
    later(milliseconds, work) {
      const planned = { at: clock.now().getTime() + milliseconds, work };
      works.add(planned);
      return { callOff: () => works.delete(planned) };
    },
    async pass(milliseconds) {
      await clock.pause(milliseconds);
      for (const planned of [...works].filter(({ at }) => at <= clock.now().getTime())) {
        works.delete(planned);
        planned.work();
      }
    },
    planned: () => works.size,
  };
}
