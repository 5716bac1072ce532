import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { promisify } from "node:util";
import { examine, type Finding, ok, problem, warning } from "../../service/doctor/finding.ts";
import type { ProcessUse } from "../../service/ports.ts";
import { locateGit } from "../git/environment.ts";

const LEAST_GIT = [2, 31] as const;
const LEAST_NODE = 20;
const THIS = "this machine";

/** MiB that new processes can have, within the container's limit. */
export function availableMemory(): number {
  return process.availableMemory() / 1024 / 1024;
}

/** What this process has used since its start. */
export function readProcess(): ProcessUse {
  const { user, system } = process.cpuUsage();
  const residentBytes = process.memoryUsage.rss();
  return { startedAt: performance.timeOrigin, residentBytes, cpuSeconds: (user + system) / 1e6 };
}

/** Checks what a run needs of the machine. */
export async function examineMachine(
  environment: NodeJS.ProcessEnv,
  folder: string,
  neededMb: number,
): Promise<Finding[]> {
  return await Promise.all([
    examine("node", THIS, () =>
      Number.parseInt(process.versions.node, 10) >= LEAST_NODE
        ? ok(`Node ${process.versions.node}.`)
        : problem(`Node ${process.versions.node} is too old.`, "Install Node 24."),
    ),
    examine("git", THIS, () => judgeGit(environment)),
    examine("workspace", THIS, () => {
      accessSync(folder, constants.W_OK);
      return ok(`${folder} can be written.`);
    }),
    examine("memory", THIS, () => {
      const free = Math.round(availableMemory());
      const detail = `${free} MiB are free.`;
      return free >= neededMb
        ? ok(detail)
        : warning(detail, "Give the runner more memory, or set `AGENT_TASK_MEMORY_MB` lower.");
    }),
  ]);
}

async function judgeGit(environment: NodeJS.ProcessEnv) {
  const install = "Install git 2.31 or newer; older ones do not take their settings from the environment.";
  try {
    const { stdout } = await promisify(execFile)(locateGit(environment.PATH), ["version"]);
    const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
    const isNew = major > LEAST_GIT[0] || (major === LEAST_GIT[0] && minor >= LEAST_GIT[1]);
    return isNew ? ok(`Git ${major}.${minor}.`) : problem(`Git ${major}.${minor} is too old.`, install);
  } catch {
    return problem("There is no git on the PATH.", install);
  }
}
