import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sep } from "node:path";

/** By what the processes of a step are recognised. */
export interface Traces {
  /** The process that we started: leader of its session, ancestor of what has kept its parents. */
  root: number;
  /** Whether the root itself is one of them. */
  withRoot: boolean;
  /** `NAME=value` that stands in the environment of the step alone. */
  marker: string;
  /** Folders that belong to the step alone, as real paths. */
  folders: readonly string[];
  platform: NodeJS.Platform;
}

interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  session: number;
}

/**
 * The living processes of a step: the root's descendants, its session and group, and (with
 * /proc) whatever carries the marker or works in one of the folders.
 */
export function findProcesses({ root, withRoot, marker, folders, platform }: Traces): number[] {
  const rows = platform === "linux" ? listByProc() : listByPs();
  const family = new Set([root]);
  // Children may be listed before their parents.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const row of rows) if (family.has(row.parent)) family.add(row.pid);
  }
  return rows
    .filter(({ pid }) => (withRoot || pid !== root) && pid !== process.pid)
    .filter(
      ({ pid, group, session }) =>
        family.has(pid) ||
        group === root ||
        session === root ||
        carries(pid, marker) ||
        worksIn(pid, folders),
    )
    .map(({ pid }) => pid);
}

function listByProc(): ProcessRow[] {
  return readdirSync("/proc").flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readProcess(() => readFileSync(`/proc/${name}/stat`, "utf8")) : null;
    // The program's name, in parentheses, may hold anything.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parent, group, session] = fields ?? [];
    if (state === undefined || state === "Z" || state === "X") return [];
    return { pid: Number(name), parent: Number(parent), group: Number(group), session: Number(session) };
  });
}

/** The session is not told by every `ps`; the group stands for it. */
function listByPs(): ProcessRow[] {
  // Our own environment holds the run's tokens, and no helper needs them.
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin" };
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat="], { encoding: "utf8", env });
  return table.split("\n").flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (!pid || state?.startsWith("Z")) return [];
    return { pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(group) };
  });
}

function carries(pid: number, marker: string): boolean {
  return readProcess(() => readFileSync(`/proc/${pid}/environ`, "latin1"))?.includes(marker) ?? false;
}

function worksIn(pid: number, folders: readonly string[]): boolean {
  const place = readProcess(() => readlinkSync(`/proc/${pid}/cwd`));
  return place !== null && folders.some((folder) => `${place}${sep}`.startsWith(`${folder}${sep}`));
}

/** `null` where the process is gone, is somebody else's, or there is no /proc. */
function readProcess(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
