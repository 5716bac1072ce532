import type { Isolation, Machine } from "./isolation.ts";

/** The step runs as the runner's own user, for trusted agents only: it can read that user's files and processes. */
export function createNone({ log }: Pick<Machine, "log">): Isolation {
  return {
    async enter(command, { environment }) {
      log.info(
        "Isolation `none`: for trusted agents only, since the step runs as the runner's own user (docs/isolation.md).",
      );
      return { command, environment, leave: async () => {} };
    },
  };
}
