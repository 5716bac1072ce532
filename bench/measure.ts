import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** One run of a contender. */
export interface Sample {
  milliseconds: number;
  /** Largest resident size of the process itself, in MB; its children are not in it. `null` where it was not asked for. */
  peakMb: number | null;
  apiCalls: number;
  contentCalls: number;
  gitRequests: number;
  /** From the start to the first API request; `null` where there was none. */
  firstRequest: number | null;
}

const LOOK_EVERY_MS = 2;

/** Follows the largest resident size of a process until it is gone; gives MB. */
export function watchMemory(pid: number): () => number | null {
  let peak: number | null = null;
  const look = () => {
    try {
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
      if (kilobytes) peak = Number(kilobytes) / 1024;
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** Runs a program to its end; gives the milliseconds that it took, and throws where it failed. */
export async function time(command: string, args: string[], env: Record<string, string>): Promise<number> {
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${code}: ${errors}`);
  return performance.now() - started;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The median of one field over the samples that have it; `null` where none has. */
export function medianOf(samples: Sample[], field: keyof Sample): number | null {
  const values = samples.map((sample) => sample[field]).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
}
