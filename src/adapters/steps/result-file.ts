import { isUtf8 } from "node:buffer";
import { lstat, realpath } from "node:fs/promises";
import { TaskFailure } from "../../failure.ts";
import { readRegularFile } from "../regular-file.ts";

const MOST_BYTES = 1024 * 1024;

/**
 * Reads what an untrusted step left at `path` (a real path), which `variable` named to it: `null` for nothing or only white space, a
 * `TaskFailure("invalid-result")` for anything but a regular file of at most 1 MiB of UTF-8. Call it when no process of the step is alive.
 */
export async function readResultFile(path: string, variable: string): Promise<string | TaskFailure | null> {
  const unreadable = (why: string, cause?: unknown) =>
    new TaskFailure("invalid-result", `The file that \`${variable}\` names ${why}.`, { cause });
  const state = await lstat(path).catch(() => null);
  if (state === null) return null;
  if (!state.isFile()) return unreadable("is not a regular file");
  if ((await realpath(path).catch(() => null)) !== path) return unreadable("was moved behind a link");
  const found = await readRegularFile(path, MOST_BYTES);
  if ("problem" in found) return unreadable(found.problem, found.cause);
  if (!isUtf8(found.bytes)) return unreadable("is not UTF-8");
  const content = found.bytes.toString("utf8");
  return content.trim() === "" ? null : content;
}
