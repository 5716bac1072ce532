import { TaskFailure } from "../../../failure.ts";
import { type Account, startsAs } from "./account.ts";
import type { IsolatedStep, Machine } from "./isolation.ts";
import { refusal } from "./refusal.ts";
import { holds, runnerPlaces } from "./runner-places.ts";
import type { TrustedCommands } from "./trusted-commands.ts";

type Folders = Pick<IsolatedStep, "directory" | "folder">;

/** Makes the checkout and the step's folder the account's own. The folder stays open to us, who lay out its streams. */
export async function handOver(
  { uid, becomeRoot }: Account,
  { directory, folder }: Folders,
  commands: TrustedCommands,
): Promise<void> {
  const owner = `${uid}:${process.getgid?.()}`;
  await mustSucceed([...becomeRoot, "chown", "-hR", owner, "--", directory, folder], commands);
  await mustSucceed([...becomeRoot, "chmod", "770", "--", folder], commands);
}

/** Makes it all ours again. Only what the account owns: a hard link of its making may lead to another's file. */
export async function giveBack(
  { uid, becomeRoot }: Account,
  { directory, folder }: Folders,
  commands: TrustedCommands,
): Promise<void> {
  const owner = `${process.getuid?.()}:${process.getgid?.()}`;
  await mustSucceed(
    [...becomeRoot, "chown", `--from=${uid}`, "-hR", owner, "--", directory, folder],
    commands,
  );
}

async function mustSucceed(command: readonly string[], commands: TrustedCommands): Promise<void> {
  const { status, stderr } = await commands.run(command);
  if (status === 0) return;
  const program = command.find((word) => word === "chown" || word === "chmod");
  throw new TaskFailure("step-failed", `\`${program}\` of the step's folders failed.`, { quote: stderr });
}

const LIST_OPEN = 'for path; do if [ -r "$path" ] || [ -x "$path" ]; then printf "%s\\n" "$path"; fi; done';
const LIST_READABLE = 'for path; do if [ -r "$path" ]; then printf "%s\\n" "$path"; fi; done';
const LIST_CLOSED = 'for path; do if ! [ -w "$path" ]; then printf "%s\\n" "$path"; fi; done';

/** Throws `isolation-unavailable` where the account can enter a folder of the runner's, or cannot enter its own. */
export async function refuseOpenPlaces(
  account: Account,
  step: Folders,
  { environment, commands }: Pick<Machine, "environment" | "commands">,
): Promise<void> {
  const ask = async (script: string, paths: readonly string[]) => {
    const bash = ["bash", "--noprofile", "--norc", "-c", script, "ask", ...paths];
    return (await commands.run([...startsAs(account), ...bash])).stdout.split("\n").filter(Boolean);
  };
  const own = [step.directory, step.folder];
  const closed = await ask(LIST_CLOSED, own);
  if (closed.length > 0) {
    throw refusal(
      `The user \`${account.name}\` cannot reach ${listed(closed)}.`,
      "Every folder above it must be open for search (`chmod o+x`).",
    );
  }
  const places = runnerPlaces(environment);
  const isAbove = (place: string) => own.some((path) => holds(place, path));
  const open = [
    ...(await ask(
      LIST_OPEN,
      places.filter((place) => !isAbove(place)),
    )),
    ...(await ask(LIST_READABLE, places.filter(isAbove))),
  ];
  if (open.length === 0) return;
  throw refusal(
    `The user \`${account.name}\` can enter the runner's own folders: ${listed(open)}.`,
    `Close them in a step before this one: \`chmod go-rwx ${open.join(" ")}\`.`,
  );
}

function listed(paths: readonly string[]): string {
  return paths.map((path) => `\`${path}\``).join(", ");
}
