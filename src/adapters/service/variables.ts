import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { TaskFailure } from "../../failure.ts";
import type { Given } from "../../service/variables.ts";

/** The process's environment over the lines `NAME=value` of a file. Throws `invalid-input` where the file cannot be read. */
export function readEnvironment(environment: NodeJS.ProcessEnv, file: string | undefined): Given {
  if (file === undefined) return environment;
  try {
    return { ...parseEnv(readFileSync(file, "utf8")), ...environment };
  } catch (cause) {
    throw new TaskFailure("invalid-input", `The configuration file ${JSON.stringify(file)} cannot be read.`, {
      cause,
    });
  }
}
