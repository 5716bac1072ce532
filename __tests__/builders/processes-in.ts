import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The living processes that work in a folder, or have its path in their environment or among their arguments. */
export function processesIn(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      const told = [
        () => readFileSync(`/proc/${pid}/environ`, "latin1"),
        () => readFileSync(`/proc/${pid}/cmdline`, "latin1"),
        () => readlinkSync(`/proc/${pid}/cwd`),
      ];
      return told.some((read) => tryTo(read).includes(folder));
    })
    .map(Number);
}

/** Processes end while they are looked at. */
function tryTo(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
