import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  type Stats,
  writeSync,
} from "node:fs";

/** The files by which a step of a workflow speaks to its runner. A processing step of the same user can find them. */
export interface FileCommands {
  setOutput(name: string, value: string): void;
  /** Read back in the post step as `STATE_<name>`. */
  saveState(name: string, value: string): void;
  addSummary(markdown: string): void;
  /** Looks at all files again; gives what somebody else did to them so far, as sentences. */
  problems(): string[];
}

/** The last two are never written by this action, so that whatever comes to stand there is somebody else's. */
const NAMES = ["GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"] as const;
type Name = (typeof NAMES)[number];

interface Watched {
  path: string;
  device: number;
  inode: number;
  /** All that it holds by right. */
  content: Buffer;
}

/** Never through a link, and never waiting for somebody at the other end of a pipe. */
const CAREFULLY = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Remembers which files the variables name now, before any processing step runs. Later only these are written, where they
 * still are the same regular file under no other name; what somebody else wrote into one is taken out again.
 */
export function watchFileCommands(environment: Record<string, string | undefined>): FileCommands {
  const problems = new Set<string>();
  const watched = new Map<Name, Watched>();
  for (const name of NAMES) {
    const path = environment[name];
    if (!path) continue;
    const found = open(path, (file, { dev, ino }) => {
      return { path, device: dev, inode: ino, content: readFileSync(file) };
    });
    if (found) watched.set(name, found);
    else problems.add(`\`${name}\` names no regular file, so nothing was written to it.`);
  }

  function append(name: Name, text: string): void {
    const known = watched.get(name);
    if (!known) return;
    const isSame = open(known.path, (file, { dev, ino }) => {
      if (dev !== known.device || ino !== known.inode) return false;
      if (!readFileSync(file).equals(known.content)) {
        problems.add(`\`${name}\` was written to by somebody else, which was undone.`);
        ftruncateSync(file);
        writeSync(file, known.content);
      }
      if (text) writeSync(file, text);
      known.content = Buffer.concat([known.content, Buffer.from(text)]);
      return true;
    });
    if (!isSame) problems.add(`\`${name}\` was replaced by somebody else, so nothing was written to it.`);
  }

  return {
    setOutput: (name, value) => append("GITHUB_OUTPUT", assignment(name, value)),
    saveState: (name, value) => append("GITHUB_STATE", assignment(name, value)),
    addSummary: (markdown) => append("GITHUB_STEP_SUMMARY", `${markdown}\n`),
    problems() {
      for (const name of NAMES) append(name, "");
      return [...problems];
    },
  };
}

/** Gives what `use` makes of the opened file; `null` where it is no regular file, has another name too, or is gone. */
function open<T>(path: string, use: (file: number, stats: Stats) => T): T | null {
  let file: number;
  try {
    file = openSync(path, CAREFULLY);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.nlink === 1 ? use(file, stats) : null;
  } finally {
    closeSync(file);
  }
}

/** The runner's form for values of any text: no line of a value can be the end that nobody could guess. */
function assignment(name: string, value: string): string {
  const end = `end_${randomUUID()}`;
  return `${name}<<${end}\n${value}\n${end}\n`;
}
