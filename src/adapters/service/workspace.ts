import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of this process alone in the workspace; what dead processes left there is removed. */
export async function openWorkspace(
  workspace: string | null,
): Promise<{ folder: string; dispose(): Promise<void> }> {
  const root = workspace ?? join(tmpdir(), "agent-runner");
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    const pid = /^process-(\d+)$/.exec(name)?.[1];
    if (pid && (Number(pid) === process.pid || !isAlive(Number(pid)))) await remove(join(root, name));
  }
  const folder = join(await realpath(root), `process-${process.pid}`);
  await mkdir(folder, { mode: 0o700 });
  return { folder, dispose: () => remove(folder) };
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
