import { refusal } from "./refusal.ts";
import type { TrustedCommands } from "./trusted-commands.ts";

/** The unix user that steps run as. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  /** What makes a command of ours run as root: nothing where we are. */
  becomeRoot: readonly string[];
}

/** Throws `isolation-unavailable` where there is no such user, it is root or ourselves, or we cannot become it. */
export async function findAccount(name: string, commands: TrustedCommands): Promise<Account> {
  const becomeRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (becomeRoot.length > 0 && (await commands.run([...becomeRoot, "true"])).status !== 0) {
    throw refusal(
      "Isolation `user` needs root, or `sudo` without a password.",
      "Add the runner's user to `/etc/sudoers.d/`, or choose `isolation: bubblewrap`.",
    );
  }
  if ((await commands.run(["setpriv", "--version"])).status !== 0) {
    throw refusal(
      "Isolation `user` needs `setpriv`.",
      "Install it: `sudo apt-get install -y util-linux` (Linux only).",
    );
  }
  const [uid, gid] = await Promise.all([readId("-u", name, commands), readId("-g", name, commands)]);
  if (uid === 0 || uid === process.getuid?.()) {
    throw refusal(
      `The user \`${name}\` is ${uid === 0 ? "root" : "the runner's own"}, which isolates nothing.`,
      "Name in `isolation-user` one that is for steps alone.",
    );
  }
  return { name, uid, gid, becomeRoot };
}

async function readId(option: string, name: string, commands: TrustedCommands): Promise<number> {
  const { status, stdout } = await commands.run(["id", option, "--", name]);
  if (status === 0) return Number(stdout.trim());
  throw refusal(
    `There is no user \`${name}\` (\`isolation-user\`) on this machine.`,
    `Make it: \`sudo useradd --system --no-create-home --shell /usr/sbin/nologin ${name}\`.`,
  );
}

/** The beginning of a command that runs as the account, without groups, capabilities or a way to more privileges. */
export function startsAs(
  { becomeRoot, uid, gid }: Account,
  preserved: readonly string[] = [],
): readonly string[] {
  const root =
    becomeRoot.length > 0 && preserved.length > 0
      ? [...becomeRoot, `--preserve-env=${preserved.join(",")}`]
      : becomeRoot;
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  return [...root, "setpriv", ...identity, "--inh-caps=-all", "--no-new-privs", "--"];
}
