import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Account, findAccount, startsAs } from "./account.ts";
import type { Cell, IsolatedStep, Isolation, Machine } from "./isolation.ts";
import { giveBack, handOver, refuseOpenPlaces } from "./user-files.ts";
import { endProcesses, refuseProcesses } from "./user-processes.ts";

/** The step runs as another unix user, who can neither read the runner's processes and files nor signal it. Linux. */
export function createUser({ user }: { user: string }, machine: Machine): Isolation {
  return {
    async enter(command, step) {
      const account = await findAccount(user, machine.commands);
      refuseProcesses(account);
      const home = join(step.folder, "home");
      await mkdir(home);
      await handOver(account, step, machine.commands);
      const leave = async () => {
        await endProcesses(account, machine.commands);
        await giveBack(account, step, machine.commands);
      };
      try {
        await refuseOpenPlaces(account, step, machine);
      } catch (thrown) {
        await leave();
        throw thrown;
      }
      return { ...begin(account, command, step, home, machine), leave };
    },
  };
}

function begin(
  account: Account,
  command: readonly string[],
  step: IsolatedStep,
  home: string,
  { commands }: Machine,
): Omit<Cell, "leave"> {
  const own = { HOME: home, USER: account.name, LOGNAME: account.name };
  const environment: Record<string, string> = { ...step.environment, ...own };
  if (account.becomeRoot.length === 0) return { command: [...startsAs(account), ...command], environment };
  // sudo sets a PATH and a HOME of its own, whatever it is told to preserve.
  const settled = Object.entries({ ...own, PATH: environment.PATH ?? "" }).map((pair) => pair.join("="));
  return {
    command: [...startsAs(account, Object.keys(environment)), "env", ...settled, ...command],
    environment,
    signal(pids, name) {
      const numbers = pids.map(String);
      void commands.run([...account.becomeRoot, "kill", "-s", name.replace("SIG", ""), ...numbers]);
    },
  };
}
