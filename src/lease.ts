import type { Ports } from "./ports.ts";

/** A claim that is kept alive while its task runs. */
export interface Renewal {
  /** Ends it, after the renewal that is under way. */
  stop(): Promise<void>;
}

/** Renews three times a lease, so that two may fail. `renew` gives `false` where the claim is somebody else's by now. */
export function keepRenewing(
  { clock, log }: Pick<Ports, "clock" | "log">,
  leaseMs: number,
  renew: () => Promise<boolean>,
): Renewal {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const plan = () =>
    clock.later(leaseMs / 3, () => {
      running = once();
    });
  const once = async () => {
    try {
      if (!(await renew())) {
        log.warning("The claim was taken over by another run: the lease had ended.");
        return;
      }
    } catch (thrown) {
      log.warning(`The claim could not be renewed yet: ${String(thrown)}`);
    }
    if (!stopped) timer = plan();
  };
  let timer = plan();
  return {
    async stop() {
      stopped = true;
      timer.callOff();
      await running;
    },
  };
}
