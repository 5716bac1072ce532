import { type ChildProcess, spawn } from "node:child_process";
import { TaskFailure } from "../../failure.ts";
import type { Log } from "../../ports.ts";

export interface GitCall {
  /** Sub-command and arguments; never a secret. */
  args: string[];
  environment: Record<string, string>;
  /** Folder that git is started in. */
  directory: string;
  input?: string | Buffer | undefined;
  /** A deadline of its own, in milliseconds: after it the command is killed, and ends like any other that failed. */
  deadlineMs?: number | undefined;
  /** Bytes of standard output after which git is stopped and `overflow` is set; without it, too much is a failure. */
  maxOutput?: number | undefined;
  /** The caller knows what a failure means: git's own words, unlike the server's, are for debugging only. */
  quiet?: boolean | undefined;
}

/** How a git command ended; any exit status is an answer. */
export interface GitEnd {
  status: number;
  stdout: Buffer;
  /** Standard error, its end at least. */
  stderr: string;
  overflow: boolean;
}

export interface GitProcessOptions {
  /** Absolute path of git. */
  gitPath: string;
  log: Pick<Log, "debug" | "outside">;
  cancellation: AbortSignal;
  deadlineMs: number;
}

const MAX_OUTPUT = 128 * 1024 * 1024;
const KEPT_STDERR = 64 * 1024;

/**
 * Runs one git command in a process group of its own. Throws the signal's reason where the run is cancelled, and
 * `git-failed` after the deadline; both kill the whole group.
 */
export function runGit(options: GitProcessOptions, call: GitCall): Promise<GitEnd> {
  options.cancellation.throwIfAborted();
  const started = performance.now();
  const child = spawn(options.gitPath, call.args, {
    cwd: call.directory,
    env: call.environment,
    stdio: [call.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: true,
  });
  const output = collectOutput(child, call.maxOutput ?? MAX_OUTPUT);
  const errors = collectErrors(child, (line) => {
    if (call.quiet && !line.startsWith("remote: ")) options.log.debug(line);
    else options.log.outside(line);
  });
  // A git that has heard enough closes its input; its exit status tells why.
  child.stdin?.on("error", () => {});
  child.stdin?.end(call.input);
  return new Promise<GitEnd>((resolve, reject) => {
    const stop = (reason: unknown) => {
      killGroup(child);
      reject(reason);
    };
    const cancel = () => stop(options.cancellation.reason);
    const timer =
      call.deadlineMs === undefined
        ? setTimeout(() => stop(tooSlow(call, options.deadlineMs)), options.deadlineMs)
        : setTimeout(() => killGroup(child), call.deadlineMs);
    options.cancellation.addEventListener("abort", cancel, { once: true });
    const settle = () => {
      clearTimeout(timer);
      options.cancellation.removeEventListener("abort", cancel);
    };
    child.on("error", (cause) => {
      settle();
      reject(new TaskFailure("git-failed", "Git could not be started.", { cause }));
    });
    child.on("close", (code) => {
      settle();
      options.log.debug(`git ${call.args[0]}: status ${code}, ${Math.round(performance.now() - started)} ms`);
      if (output.overflow && call.maxOutput === undefined) return reject(tooMuch(call));
      resolve({
        status: code ?? 128,
        stdout: Buffer.concat(output.chunks),
        stderr: errors(),
        overflow: output.overflow,
      });
    });
  });
}

function collectOutput(child: ChildProcess, most: number): { chunks: Buffer[]; overflow: boolean } {
  const output = { chunks: [] as Buffer[], overflow: false };
  let size = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= most) output.chunks.push(chunk);
    else if (!output.overflow) {
      output.overflow = true;
      killGroup(child);
    }
  });
  return output;
}

/** Hands each whole line on, without what git pads it with; gives a reader of what was said last. */
function collectErrors(child: ChildProcess, tell: (line: string) => void): () => string {
  let kept = "";
  let rest = "";
  const flush = (text: string) => {
    const lines = text.split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") tell(line.trimEnd());
  };
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    kept = (kept + chunk).slice(-KEPT_STDERR);
    flush((rest + chunk).slice(-KEPT_STDERR));
  });
  child.stderr?.on("end", () => flush(`${rest}\n`));
  return () => kept;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

function tooSlow(call: GitCall, deadlineMs: number): TaskFailure {
  return new TaskFailure(
    "git-failed",
    `\`git ${call.args[0]}\` was stopped after ${Math.round(deadlineMs / 1000)} seconds.`,
  );
}

function tooMuch(call: GitCall): TaskFailure {
  return new TaskFailure(
    "too-large",
    `\`git ${call.args[0]}\` gave more than ${MAX_OUTPUT / 1024 / 1024} MiB of output.`,
  );
}
