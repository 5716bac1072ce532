import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import { text } from "node:stream/consumers";
import { TaskFailure } from "../../failure.ts";
import type { StepEnd } from "../../ports.ts";
import { REPORT_FD, underReaper } from "./reaper.ts";
import { openStreams, type StandardStreams } from "./streams.ts";

type ShellEnd = Extract<StepEnd["end"], { kind: "exit" | "signal" }>;

/** A shell at work, in a session of its own. */
export interface Shell extends Pick<StandardStreams, "drain"> {
  /** The process that we started: the shell itself, or its reaper. */
  root: number;
  /** Whether there is a reaper: it ends by itself, after all others. */
  reaped: boolean;
  /** Settles when the shell ends, whatever it leaves behind. Fails with `command-failed` where there is no such program. */
  ended: Promise<ShellEnd>;
  /** Settles when the root has ended; `true` proves that nothing of the step is left. */
  empty: Promise<boolean>;
}

export interface ShellStart {
  command: readonly string[];
  directory: string;
  environment: Record<string, string>;
  input: string;
  onOutput: (chunk: Buffer) => void;
  onErrors: (chunk: Buffer) => void;
  /** Folder for files that live while the streams are opened. */
  folder: string;
  platform: NodeJS.Platform;
}

/** Starts a command with real pipes, under a reaper where the machine can have one. Throws `command-failed`. */
export async function startShell(start: ShellStart): Promise<Shell> {
  const { folder, input, onOutput, onErrors } = start;
  const { forChild, drain } = await openStreams(folder, input, onOutput, onErrors);
  try {
    const reaped = underReaper(start.command, start.platform);
    const [program = "", ...args] = reaped ?? start.command;
    const child = spawn(program, args, {
      cwd: start.directory,
      // perl would complain about a locale that is not installed, on the step's standard error.
      env: reaped ? { ...start.environment, PERL_BADLANG: "0" } : start.environment,
      stdio: [...forChild, reaped ? "pipe" : "ignore"],
      detached: true,
    });
    const exited = exitOf(child);
    await once(child, "spawn");
    const { pid: root } = child;
    if (root === undefined) throw new Error("a started process has no id");
    const ended = reaped ? reportedEnd(child, exited) : exited;
    const empty = exited.then((end) => reaped !== null && end.kind === "exit" && end.code === 0);
    return { root, reaped: reaped !== null, drain, ended, empty };
  } catch (cause) {
    void drain(0);
    throw notStarted(cause);
  } finally {
    for (const descriptor of forChild) closeSync(descriptor);
  }
}

function exitOf(child: ChildProcess): Promise<ShellEnd> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(code === null ? { kind: "signal", signal: String(signal) } : { kind: "exit", code });
    });
  });
}

/** What the reaper says of the shell; where it says nothing, it was killed, and the shell is as good as that. */
async function reportedEnd(child: ChildProcess, exited: Promise<ShellEnd>): Promise<ShellEnd> {
  const pipe = child.stdio[REPORT_FD];
  const report = pipe && "readable" in pipe ? (await text(pipe)).trim() : "";
  if (report.startsWith("missing")) throw notStarted();
  const status = Number.parseInt(report, 10);
  if (Number.isNaN(status)) {
    await exited;
    return { kind: "signal", signal: "SIGKILL" };
  }
  const signal = status & 0x7f;
  if (signal === 0) return { kind: "exit", code: status >> 8 };
  return { kind: "signal", signal: signalName(signal) ?? String(signal) };
}

/** The end of a shell that told a signal as the exit status 128 + signal, as bubblewrap and containers do. */
export function signalOf(end: StepEnd["end"]): StepEnd["end"] {
  const signal = end.kind === "exit" && end.code > 128 ? signalName(end.code - 128) : undefined;
  return signal ? { kind: "signal", signal } : end;
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}

function notStarted(cause?: unknown): TaskFailure {
  const why = cause instanceof Error && "code" in cause ? ` (${cause.code})` : "";
  return new TaskFailure(
    "command-failed",
    `The shell could not be started${why}: is \`bash\` on the runner's PATH?`,
    { cause },
  );
}
