import { execFile } from "node:child_process";
import { constants, openSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** The standard streams of a shell script. */
export interface StandardStreams {
  /** Descriptors for the child (input, output, errors), to be closed here once it has them. */
  forChild: readonly [number, number, number];
  output: Socket;
  errors: Socket;
}

/** Our own environment holds the run's tokens, and no helper needs them. */
const BARE = { env: { PATH: process.env.PATH ?? "/usr/bin:/bin" } };

/**
 * Makes a real file and real pipes. Node's own "pipe" is a socket: with it `echo … >/dev/stderr` fails, and bash, taking
 * itself for a remote shell, reads `~/.bashrc`; and a file can be left unread without EPIPE.
 */
export async function openStreams(folder: string, input: string): Promise<StandardStreams> {
  const [stdin, stdout, stderr] = [join(folder, "stdin"), join(folder, "stdout"), join(folder, "stderr")];
  writeFileSync(stdin, input);
  await promisify(execFile)("mkfifo", ["-m", "600", stdout, stderr], BARE);
  const [output, errors] = [openReader(stdout), openReader(stderr)];
  const forChild = [openSync(stdin, "r"), openSync(stdout, "w"), openSync(stderr, "w")] as const;
  for (const path of [stdin, stdout, stderr]) rmSync(path);
  return { forChild, output, errors };
}

function openReader(pipe: string): Socket {
  const fd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}
