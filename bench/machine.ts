import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";

/** Does something while all temporary folders are in memory, where the machine has such a place. */
export async function inMemory<T>(act: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "agent-runner-bench-"));
  process.env.TMPDIR = folder;
  try {
    return await act();
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the numbers depend on. */
export function describeMachine(): string {
  const git = execFileSync("git", ["--version"], { encoding: "utf8" }).trim();
  return `${availableParallelism()} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, ${git}`;
}
