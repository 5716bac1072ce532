import { lstat, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KEPT_DAYS = 7;

export interface Workspace {
  /** For checkouts; of this process alone, and gone with it. */
  folder: string;
  /** For work that could not be pushed; a week old it is removed at the next start. */
  kept: string;
  dispose(): Promise<void>;
}

/** Makes the workspace's folders, and removes what dead processes left in it. */
export async function openWorkspace(workspace: string | null): Promise<Workspace> {
  const root = workspace ?? join(tmpdir(), "agent-runner");
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    const pid = /^process-(\d+)$/.exec(name)?.[1];
    if (pid && (Number(pid) === process.pid || !isAlive(Number(pid)))) await remove(join(root, name));
  }
  const folder = join(await realpath(root), `process-${process.pid}`);
  const kept = join(await realpath(root), "kept");
  await Promise.all([folder, kept].map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  await removeOld(kept, Date.now() - KEPT_DAYS * 86_400_000);
  return { folder, kept, dispose: () => remove(folder) };
}

async function removeOld(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((await lstat(path)).mtimeMs < before) await remove(path);
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 2 });
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
