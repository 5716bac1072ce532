import type { IsolationChoice } from "../../../isolation.ts";
import { createBubblewrap } from "./bubblewrap.ts";
import { createContainer } from "./container.ts";
import type { Isolation, Machine } from "./isolation.ts";
import { createNone } from "./none.ts";
import { createUser } from "./user.ts";

/** The adapter of a level. Nothing of the machine is looked at before its first step. */
export function openIsolation(choice: IsolationChoice, machine: Machine): Isolation {
  switch (choice.level) {
    case "none":
      return createNone(machine);
    case "user":
      return createUser(choice, machine);
    case "bubblewrap":
      return createBubblewrap(choice, machine);
    case "container":
      return createContainer(choice, machine);
  }
}
