import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** `problem` goes on where a sentence has named the file. */
export type FileRead = { bytes: Buffer } | { problem: string; cause?: unknown };

/** Never through a link, and never waiting for somebody at the other end of a pipe. */
const CAREFULLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a file that an enemy may have laid down, where it is a regular one of at most `maxBytes`. */
export async function readRegularFile(path: string, maxBytes: number): Promise<FileRead> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, CAREFULLY);
    return await readWhole(file, maxBytes);
  } catch (cause) {
    return { problem: "is missing, a link, or may not be read", cause };
  } finally {
    await file?.close();
  }
}

/** Asks the opened file, since another one may stand at the path by now. */
async function readWhole(file: FileHandle, maxBytes: number): Promise<FileRead> {
  const stats = await file.stat();
  const { size } = stats;
  if (!stats.isFile()) return { problem: "is not a regular file" };
  if (size > maxBytes) return { problem: `has ${size} bytes; at most ${maxBytes} are read` };
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
  return { bytes: buffer.subarray(0, bytesRead) };
}
