import type { Isolation } from "./isolation.ts";

/** The step runs as the runner's own user, for trusted agents only: it can read that user's files and processes. */
export const none: Isolation = {
  wrap: async (command) => command,
  endRest: async () => {},
};
