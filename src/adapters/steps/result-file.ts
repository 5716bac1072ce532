import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { TaskFailure } from "../../failure.ts";

const MOST_BYTES = 1024 * 1024;

/**
 * Reads what an untrusted step left at `path` (a real path): `null` for nothing or only white space, a `TaskFailure("invalid-result")` for
 * anything but a regular file of at most 1 MiB of UTF-8. Call it when no process of the step is alive.
 */
export async function readResultFile(path: string): Promise<string | TaskFailure | null> {
  const state = await lstat(path).catch(() => null);
  if (state === null) return null;
  if (!state.isFile()) return unreadable("is not a regular file");
  if (state.size > MOST_BYTES) return unreadable(`has ${state.size} bytes; at most 1 MiB is read`);
  try {
    if ((await realpath(path)) !== path) return unreadable("was moved behind a link");
    const bytes = await readBytes(path);
    if (!isUtf8(bytes)) return unreadable("is not UTF-8");
    const content = bytes.toString("utf8");
    return content.trim() === "" ? null : content;
  } catch (cause) {
    return unreadable("cannot be opened", cause);
  }
}

async function readBytes(path: string): Promise<Buffer> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function unreadable(why: string, cause?: unknown): TaskFailure {
  return new TaskFailure("invalid-result", `What the step left as its result file ${why}.`, { cause });
}
