import { lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { TaskFailure } from "../../failure.ts";
import { removeStepFolder } from "../remove-folder.ts";

const WEEK_MS = 7 * 86_400_000;
/** `process-<id>@<host>` */
const PROCESS = /^process-(\d+)@(.+)$/;

export interface Workspace {
  /** For checkouts; of this process alone, and gone with it. */
  folder: string;
  /** For work that could not be pushed; a week old it is removed at the next start. */
  kept: string;
  /** Makes the folders anew where somebody took them away: systems clear their temporary folders. */
  ensure(): Promise<void>;
  dispose(): Promise<void>;
}

/** Makes the workspace's folders, and removes what dead processes left in it. Throws `invalid-input` where it cannot. */
export async function openWorkspace(workspace: string | null): Promise<Workspace> {
  const root = workspace ?? join(tmpdir(), "agent-runner");
  try {
    return await openIn(root);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskFailure("invalid-input", `\`AGENT_WORKSPACE\`: ${root} cannot be used (${reason}).`, {
      cause,
    });
  }
}

async function openIn(root: string): Promise<Workspace> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    const path = join(root, name);
    if (await isLeft(path, PROCESS.exec(name))) await removeStepFolder(path);
  }
  const folder = join(await realpath(root), `process-${process.pid}@${hostname()}`);
  const kept = join(await realpath(root), "kept");
  const ensure = async () => {
    for (const path of [folder, kept]) await mkdir(path, { recursive: true, mode: 0o700 });
  };
  await ensure();
  await removeOld(kept, Date.now() - WEEK_MS);
  return { folder, kept, ensure, dispose: () => removeStepFolder(folder) };
}

/** Whether a folder is a dead process's, or one from elsewhere in which nothing was done for a week. */
async function isLeft(path: string, owner: RegExpExecArray | null): Promise<boolean> {
  if (!owner) return false;
  const [, id, host] = owner;
  // Whether it lives elsewhere cannot be asked: containers have names of their own, and may share a volume.
  if (host !== hostname()) return await isOlder(path, Date.now() - WEEK_MS);
  return Number(id) === process.pid || !isAlive(Number(id));
}

async function removeOld(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (await isOlder(path, before)) await removeStepFolder(path);
  }
}

/** What another process has just removed is not. */
async function isOlder(path: string, before: number): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found !== null && found.mtimeMs < before;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it lives, as somebody else.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
