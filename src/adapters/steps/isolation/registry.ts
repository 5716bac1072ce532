import { TaskFailure } from "../../../failure.ts";
import type { Isolation } from "./isolation.ts";
import { none } from "./none.ts";

export const ISOLATIONS: Readonly<Record<string, Isolation>> = { none };

/** Throws `isolation-unavailable` for a name that is not registered. */
export function chooseIsolation(name: string): Isolation {
  const isolation = Object.hasOwn(ISOLATIONS, name) ? ISOLATIONS[name] : undefined;
  if (isolation) return isolation;
  const names = Object.keys(ISOLATIONS).map((known) => `\`${known}\``);
  throw new TaskFailure(
    "isolation-unavailable",
    `There is no isolation ${JSON.stringify(name)}; there is ${names.join(", ")}.`,
  );
}
