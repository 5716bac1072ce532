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
  const timer = setInterval(() => {
    peak = memoryOf(pid, "VmHWM") ?? peak;
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** A process's resident size (`VmRSS`), or the largest so far (`VmHWM`), in MB; `null` where it is gone. */
export function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number | null {
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(procFile(pid, "status")) ?? [];
  return kilobytes ? Number(kilobytes) / 1024 : null;
}

/** Milliseconds of processor time that a process has had; its children's are not in it. */
export function processorTimeOf(pid: number): number {
  // The program's name, in brackets, may hold anything; the 14th and the 15th field count hundredths of a second.
  const fields = procFile(pid, "stat").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The most that a process and all that it started had at one moment. */
export interface Family {
  /** MB: the resident size of the process itself, and of the others what is theirs and their part of what they share. */
  memoryMb: number;
  processes: number;
}

/** Looks every ten milliseconds, so what lives shorter may be missed. */
export function watchFamily(pid: number): () => Family {
  const most: Family = { memoryMb: 0, processes: 0 };
  const timer = setInterval(() => {
    const others = childrenOf(pid);
    const memoryMb = others.map(shareOf).reduce((sum, share) => sum + share, memoryOf(pid, "VmRSS") ?? 0);
    most.processes = Math.max(most.processes, others.length + 1);
    most.memoryMb = Math.max(most.memoryMb, memoryMb);
  }, 10);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** With their own children, and so on. */
function childrenOf(pid: number): number[] {
  const children = procFile(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...childrenOf(child)]);
}

function shareOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(procFile(pid, "smaps_rollup"))?.[1] ?? 0) / 1024;
}

/** Empty where the process is gone. */
function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
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
