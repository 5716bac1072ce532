import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { resolve } from "node:path";
import type { TrailFile } from "../../audit/trail.ts";
import { TaskFailure } from "../../failure.ts";
import { inlineCode } from "../../harmless.ts";

const OWNER_ONLY = 0o600;
const NEW = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
/** Never through a link, and never waiting for somebody at the other end of a pipe. */
const AGAIN = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Makes the file, which must not exist. Throws `invalid-input` where it does, or cannot be made. */
export function createNamedFile(path: string): TrailFile {
  try {
    return createFile(resolve(path));
  } catch (cause) {
    const why = isTaken(cause) ? "exists already" : "cannot be made";
    const detail = `The input \`audit-file\` names ${inlineCode(path)}, a file that ${why}. It takes the path of a new file in a folder that exists.`;
    throw new TaskFailure("invalid-input", detail, { cause });
  }
}

/** Makes the first file that does not exist: `<stem>.jsonl`, `<stem>-2.jsonl`, … */
export function createFirstFree(stem: string): TrailFile {
  for (let number = 1; ; number += 1) {
    try {
      return createFile(number === 1 ? `${stem}.jsonl` : `${stem}-${number}.jsonl`);
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
    }
  }
}

function isTaken(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && thrown.code === "EEXIST";
}

function createFile(path: string): TrailFile {
  // Kept open, so that no event is written to a file that somebody else put in its place.
  const file = openSync(path, NEW, OWNER_ONLY);
  const { dev, ino } = fstatSync(file);

  /** Uses the file that stands at the path now, where it is the same, under this one name; else gives `null`. */
  function reopen<T>(use: (again: number, size: number) => T): T | null {
    let again: number;
    try {
      again = openSync(path, AGAIN);
    } catch {
      return null;
    }
    try {
      const now = fstatSync(again);
      const isSame = now.isFile() && now.dev === dev && now.ino === ino && now.nlink === 1;
      return isSame ? use(again, now.size) : null;
    } finally {
      closeSync(again);
    }
  }

  return {
    path,
    append: (text) => writeAll(file, text),
    problem(content) {
      const expected = Buffer.from(content);
      const isWhole = reopen(
        (again, size) => size === expected.length && readFileSync(again).equals(expected),
      );
      if (isWhole === null) return "was replaced or removed by somebody else";
      return isWhole ? null : "was changed by somebody else";
    },
    restore(content) {
      const isSame = reopen((again) => {
        fchmodSync(again, OWNER_ONLY);
        ftruncateSync(again);
        writeAll(again, content);
        return true;
      });
      return isSame ? path : replace(path, content);
    },
  };
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

/** Puts a new file at the path; where something stands there that cannot be replaced, beside it. */
function replace(path: string, content: string): string {
  const beside = `${path}.${randomUUID()}.jsonl`;
  writeFileSync(beside, content, { flag: "wx", mode: OWNER_ONLY });
  try {
    renameSync(beside, path);
    return path;
  } catch {
    return beside;
  }
}
