import { constants } from "node:fs";
import { type FileHandle, mkdtemp, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Artifacts } from "../ports.ts";

/** Folders in `RUNNER_TEMP`, which lives as long as the job. */
export function createArtifacts({ temporaryFolder }: { temporaryFolder: string }): Artifacts {
  return {
    makeFolder: (name) => mkdtemp(join(temporaryFolder, `${name}-`)),
    write: (path, content) => writeFile(path, content, { flag: "wx" }),
    read: readArtifact,
  };
}

/** Never through a link, and never waiting for somebody at the other end of a pipe. */
const CAREFULLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function readArtifact(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, CAREFULLY).catch((cause: unknown) => {
    throw unreadable(path, "is missing, a link, or may not be read", cause);
  });
  try {
    return await readWhole(file, path, maxBytes);
  } finally {
    await file.close();
  }
}

/** Asks the opened file, since another one may stand at the path by now. */
async function readWhole(file: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const stats = await file.stat();
  if (!stats.isFile()) throw unreadable(path, "is not a regular file");
  if (stats.size > maxBytes) throw unreadable(path, `has ${stats.size} bytes; at most ${maxBytes} are read`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size), 0, stats.size, 0);
  return buffer.subarray(0, bytesRead);
}

function unreadable(path: string, why: string, cause?: unknown): TaskFailure {
  return new TaskFailure("invalid-report", `The file ${inlineCode(path)} ${why}.`, { cause });
}
