import { ACTION_OPTIONS, benchAction } from "./action.ts";
import { describeMachine, inMemory } from "./machine.ts";
import { benchService, SERVICE_OPTIONS } from "./service.ts";

const HELP = `Measures this project against a GitHub on loopback; nothing leaves the machine. Prints Markdown.

Usage: npm run bench -- [action] [options]    the Action, a plain shell script and the least that is possible, in turns
       npm run bench -- service [options]     the service: idle, one task, tasks at once, and a soak with kills

Options of action:
${ACTION_OPTIONS}
Options of service:
${SERVICE_OPTIONS}
  --help              show this

A soak in which a task ends twice or never, or a service by itself, gives exit status 1.
`;

const SUBJECTS = { action: benchAction, service: benchService };

/** The Action where no subject is named. */
function readSubject([first = "", ...rest]: string[]): { subject: keyof typeof SUBJECTS; rest: string[] } {
  if (first === "action" || first === "service") return { subject: first, rest };
  return { subject: "action", rest: first === "" ? [] : [first, ...rest] };
}

const args = process.argv.slice(2);
if (args.includes("--help")) console.log(HELP.trimEnd());
else {
  const { subject, rest } = readSubject(args);
  console.log(`Machine: ${describeMachine()}.\n`);
  await inMemory(() => SUBJECTS[subject](rest));
}
