import { readFile } from "node:fs/promises";
import type { TaskFailure } from "../../../failure.ts";
import type { Network } from "../../../isolation.ts";
import type { Isolation, Machine } from "./isolation.ts";
import { refusal } from "./refusal.ts";
import { sandboxMounts } from "./sandbox-mounts.ts";
import type { CommandEnd } from "./trusted-commands.ts";

const NAMESPACES = [
  "--unshare-user",
  "--unshare-all",
  "--new-session",
  "--die-with-parent",
  "--cap-drop",
  "ALL",
];
// Our SIGTERM is for the step, to end by itself; with bubblewrap, all of it would be gone at once.
const IGNORE_TERM = ["env", "--ignore-signal=TERM"];
const HEED_TERM = ["env", "--default-signal=TERM"];

/** The step runs in namespaces of its own, and sees the system read-only, its own folders, and nothing of the runner's. */
export function createBubblewrap({ network }: { network: Network }, machine: Machine): Isolation {
  return {
    async enter(command, step) {
      const mounts = sandboxMounts(step, machine.environment);
      const shared = network === "host" ? ["--share-net"] : [];
      const sandbox = [...IGNORE_TERM, "bwrap", ...NAMESPACES, ...shared, ...mounts, "--", ...HEED_TERM];
      const probe = await machine.commands.run([...sandbox, "true"]);
      if (probe.status !== 0) throw await unavailable(probe);
      return {
        command: [...sandbox, ...command],
        environment: step.environment,
        tellsSignalsAsStatus: true,
        // The kernel kills a namespace's processes with its first one, and that one dies with its parent.
        leave: async () => {},
      };
    },
  };
}

/** Kernel settings that keep namespaces from everybody but root, the value that does, and what helps. */
const RESTRICTIONS = [
  [
    "kernel/apparmor_restrict_unprivileged_userns",
    "1",
    "Ubuntu's AppArmor restricts user namespaces: `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` in a " +
      "step before this one, or an AppArmor profile for `/usr/bin/bwrap` with `userns,` (docs/isolation.md).",
  ],
  [
    "kernel/unprivileged_userns_clone",
    "0",
    "User namespaces are switched off: `sudo sysctl -w kernel.unprivileged_userns_clone=1`.",
  ],
  [
    "user/max_user_namespaces",
    "0",
    "User namespaces are switched off: `sudo sysctl -w user.max_user_namespaces=15000`.",
  ],
] as const;

async function unavailable({ status, stderr }: CommandEnd): Promise<TaskFailure> {
  if (status === null || status === 127) {
    return refusal(
      "Isolation `bubblewrap` needs the program `bwrap`.",
      "Install it: `sudo apt-get install -y bubblewrap` (Linux only).",
    );
  }
  for (const [setting, value, remedy] of RESTRICTIONS) {
    const now = await readFile(`/proc/sys/${setting}`, "utf8").catch(() => "");
    if (now.trim() === value) return refusal("`bwrap` cannot make its namespaces here.", remedy, stderr);
  }
  return refusal(
    "`bwrap` cannot make its namespaces here.",
    "In a container, it takes `--security-opt seccomp=unconfined --security-opt systempaths=unconfined` for that container.",
    stderr,
  );
}
