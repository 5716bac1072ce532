import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { TaskFailure } from "../../failure.ts";
import { ALIASES, type Given, VARIABLES } from "../../service/variables.ts";

/**
 * The process's environment over the lines `NAME=value` of a file. What `AGENT_PASS_ENV` names is set in the environment itself,
 * from which steps get it. Throws `invalid-input` where the file cannot be read, and for a line that would have no effect.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv, file: string | undefined): Given {
  if (file === undefined) return environment;
  const text = readText(file);
  const found = parseEnv(text);
  const given = { ...found, ...environment };
  const passed = (given.AGENT_PASS_ENV ?? "").split(/[,\s]+/);
  const strangers = Object.keys(found).filter((name) => !isOurs(name) && !passed.includes(name));
  const problems = [...oddLines(text), ...strangers.map(strangerIn)];
  if (problems.length > 0) throw new TaskFailure("invalid-input", problems.join("\n"));
  for (const name of passed) environment[name] ??= found[name];
  return given;
}

function readText(file: string): string {
  try {
    // Editors put a mark before the first line, which would else belong to that line's name.
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    throw new TaskFailure("invalid-input", `The configuration file ${JSON.stringify(file)} cannot be read.`, {
      cause,
    });
  }
}

/** Names that begin with `AGENT_` are judged wherever they stand, misspelt ones too. */
function isOurs(name: string): boolean {
  return name.startsWith("AGENT_") || [VARIABLES, ALIASES].some((table) => Object.hasOwn(table, name));
}

function strangerIn(name: string): string {
  return `\`${name}\` has no effect in the configuration file: it is no variable of agent-runner, and \`AGENT_PASS_ENV\` does not hand it to steps.`;
}

const ASSIGNMENT = String.raw`^[ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=`;
/** An assignment whose value is in quotes, and so may take several lines. */
const QUOTED = new RegExp(`(${ASSIGNMENT}[ \\t]*)(["'\`])[^]*?\\2`, "gm");
const FITTING = new RegExp(`${ASSIGNMENT}|^\\s*$`);

/** Lines that are neither empty nor a comment nor an assignment; told by their numbers, since they may be part of a key. */
function oddLines(text: string): string[] {
  const bare = text
    .replace(/^\s*#.*$/gm, "")
    .replace(QUOTED, (whole, name) => name + whole.replace(/[^\n]/g, ""));
  const odd = bare.split("\n").flatMap((line, index) => (FITTING.test(line) ? [] : [index + 1]));
  if (odd.length === 0) return [];
  const numbers = odd.slice(0, 10).join(", ") + (odd.length > 10 ? ", …" : "");
  return [
    `The configuration file has lines that are not \`NAME=value\`: ${numbers}. A value of several lines stands in quotes.`,
  ];
}
