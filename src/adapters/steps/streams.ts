import { execFile } from "node:child_process";
import { once } from "node:events";
import { constants, openSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** The standard streams of a shell script. */
export interface StandardStreams {
  /** Descriptors for the child (input, output, errors), to be closed here once it has them. */
  forChild: readonly [number, number, number];
  /** Waits until everybody has closed output and errors, at most so long; then nothing more is read. */
  drain(patienceMs: number): Promise<void>;
}

/** Takes bytes that are overwritten afterwards. */
type Sink = (chunk: Buffer) => void;

const CHUNK_BYTES = 64 * 1024;

/** Our own environment holds the run's tokens, and no helper needs them. */
const BARE = { env: { PATH: process.env.PATH ?? "/usr/bin:/bin" } };

/**
 * Makes a real file and real pipes. Node's own "pipe" is a socket: with it `echo … >/dev/stderr` fails, and bash, taking
 * itself for a remote shell, reads `~/.bashrc`; and a file can be left unread without EPIPE.
 */
export async function openStreams(
  folder: string,
  input: string,
  onOutput: Sink,
  onErrors: Sink,
): Promise<StandardStreams> {
  const [stdin, stdout, stderr] = [join(folder, "stdin"), join(folder, "stdout"), join(folder, "stderr")];
  writeFileSync(stdin, input);
  // Whoever is in the folder may write: an isolated step is another user, and opens its pipes again by name.
  await promisify(execFile)("mkfifo", ["-m", "622", stdout, stderr], BARE);
  const readers = [openReader(stdout, onOutput), openReader(stderr, onErrors)];
  const forChild = [openSync(stdin, "r"), openSync(stdout, "w"), openSync(stderr, "w")] as const;
  for (const path of [stdin, stdout, stderr]) rmSync(path);
  return {
    forChild,
    async drain(patienceMs) {
      const patience = AbortSignal.timeout(patienceMs);
      for (const reader of readers) {
        if (!reader.closed) await once(reader, "close", { signal: patience }).catch(() => {});
        reader.destroy();
      }
    },
  };
}

/** Reads into one buffer again and again: gigabytes would otherwise fill the memory faster than it is cleaned. */
function openReader(pipe: string, sink: Sink): Socket {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const callback = (length: number) => {
    sink(buffer.subarray(0, length));
    return true;
  };
  const fd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const reader = new Socket({ fd, readable: true, writable: false, onread: { buffer, callback } });
  // A pipe that fails has ended.
  return reader.on("error", () => reader.destroy());
}
