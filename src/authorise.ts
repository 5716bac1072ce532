import picomatch from "picomatch";
import { TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import type { Ports, Repository } from "./ports.ts";
import type { Dispatch, RepositoryName } from "./task.ts";

/** A decision and, where it is no, the reason in words for the issue (Markdown). */
export type Decision = { allowed: true } | { allowed: false; reason: string };

const ALLOWED: Decision = { allowed: true };
const MAY_START = ["admin", "maintain", "write"];

/** May the sender start a task? A failing check throws: without an answer nothing runs. */
export async function authoriseSender(
  { dispatch: github }: Pick<Ports, "dispatch">,
  { repository, sender }: Pick<Dispatch, "repository" | "sender">,
  { allowedActors, allowedBots }: Pick<Settings, "allowedActors" | "allowedBots">,
): Promise<Decision> {
  const isSender = (name: string) => name.toLowerCase() === sender.login.toLowerCase();
  if (sender.type === "Bot" || sender.login.endsWith("[bot]")) {
    if (allowedBots.some(isSender)) return ALLOWED;
    return denied(`the bot \`${sender.login}\` is not on the list \`allowed-bots\``);
  }
  if (allowedActors.some(isSender)) return ALLOWED;
  const permission = await github.permission(repository, sender.login);
  if (MAY_START.includes(permission)) return ALLOWED;
  return denied(
    `\`${sender.login}\` has the permission \`${permission}\` on \`${repository}\`; starting a task takes \`write\`, or a place on the list \`allowed-actors\``,
  );
}

/** May a task go to this repository? Asked with the name in the issue, and again with the name that the API gives back. */
export function authoriseTarget(
  target: RepositoryName,
  dispatchRepository: RepositoryName,
  { allowedTargets }: Pick<Settings, "allowedTargets">,
): Decision {
  const globs = allowedTargets.length > 0 ? allowedTargets : [`${dispatchRepository.split("/")[0]}/*`];
  if (picomatch.isMatch(target, globs, { nocase: true, dot: true })) return ALLOWED;
  return denied(
    `the target \`${target}\` is not among the \`allowed-targets\` (${globs.map((glob) => `\`${glob}\``).join(", ")})`,
  );
}

/** Reads the target by the name that the issue gives; throws `target-not-found`, `target-archived` or `pull-requests-not-allowed`. */
export async function readTarget(
  { target }: Pick<Ports, "target">,
  name: RepositoryName,
): Promise<Repository> {
  const repository = await target.repository(name);
  if (!repository)
    throw new TaskFailure("target-not-found", `\`${name}\` does not exist, or the token cannot see it.`);
  if (repository.archived)
    throw new TaskFailure("target-archived", `\`${repository.name}\` is archived and takes no branches.`);
  if (!repository.hasPullRequests)
    throw new TaskFailure(
      "pull-requests-not-allowed",
      `The pull requests of \`${repository.name}\` are turned off.`,
    );
  return repository;
}

function denied(reason: string): Decision {
  return { allowed: false, reason };
}
