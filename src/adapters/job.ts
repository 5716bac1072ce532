import type { Log } from "../ports.ts";
import { createRedactor, type Redactor } from "../redact.ts";
import { createConsoleLog } from "./console.ts";
import { type FileCommands, watchFileCommands } from "./file-commands.ts";
import { concealInputs } from "./world.ts";

/** What a step of a workflow begins with, before it reads anything: its secrets are hidden, and its runner's files are known. */
export interface Job {
  redactor: Redactor;
  log: Log;
  commands: FileCommands;
}

export function openJob(): Job {
  const redactor = createRedactor();
  concealInputs(redactor);
  return { redactor, log: createConsoleLog(redactor.redact), commands: watchFileCommands(process.env) };
}
