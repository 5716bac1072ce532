import { parseArgs } from "node:util";

export interface Wishes {
  /** Path of a webhook payload of the user's own; `null` for the demo's story. */
  event: string | null;
  /** GitHub's name of that event; `null` to tell it by the payload's shape. */
  eventName: string | null;
  /** More inputs of the action, `command` among them. */
  inputs: Record<string, string>;
  keep: boolean;
  help: boolean;
}

/** Something that the user can put right: shown as one message, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const HELP = `Shows how a labelled issue becomes a correlated pull request, on this machine alone.

Usage: npm run demo -- [options]

  --event FILE         run your own webhook payload (JSON) instead of the demo's issue
  --event-name NAME    what GitHub calls that event, where the payload's shape does not tell
  --command SCRIPT     let this shell script do the work, in a checkout of the target
  --input NAME=VALUE   set any input of the action; may be given several times
  --keep               keep the folder with the repository, the log and the job's files
  --help               show this

It exits with 0 only where the pull request is really there and correlates with the issue.

Examples:
  npm run demo -- --command 'date > today.txt'
  npm run demo -- --event payload.json --input allowed-bots='my-backend[bot]'
`;

/** Reads the command line; throws a `UsageError` that names what does not fit. */
export function readArguments(args: string[]): Wishes {
  const { event, command, keep = false, help = false, input = [], "event-name": eventName } = parse(args);
  if (eventName !== undefined && event === undefined) {
    throw new UsageError("--event-name goes with --event FILE.");
  }
  const inputs = Object.fromEntries(input.map(readInput));
  if (command !== undefined) inputs.command = command;
  return { event: event ?? null, eventName: eventName ?? null, inputs, keep, help };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        event: { type: "string" },
        "event-name": { type: "string" },
        command: { type: "string" },
        input: { type: "string", multiple: true },
        keep: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    return values;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new UsageError(`${message.split(". ")[0]?.replace(/\.$/, "")}. Try --help.`);
  }
}

function readInput(text: string): [string, string] {
  const [, name, value] = /^([a-z-]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--input takes NAME=VALUE, not "${text}".`);
  }
  return [name, value];
}
