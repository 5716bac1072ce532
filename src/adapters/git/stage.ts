import type { Repository } from "./repository.ts";
import { splitPaths, type WorkTreeCommand } from "./untracked.ts";

const MOST_REFUSALS = 200;

/** Puts files of the work tree into the index; gives the paths that git refuses. */
export async function stageFiles(
  repository: Repository,
  command: WorkTreeCommand,
  paths: string[],
): Promise<string[]> {
  const refused: string[] = [];
  let spoke = false;
  const waiting = paths.length > 0 ? [paths] : [];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    const end = await repository.run(["update-index", "-z", "--add", "--stdin"], {
      ...command,
      input: joinPaths(part),
      quiet: true,
    });
    spoke ||= end.status === 0 && end.stderr !== "";
    if (end.status === 0) continue;
    // Git takes all of them or none: halving finds the one that it cannot take.
    if (part.length === 1 || refused.length >= MOST_REFUSALS) refused.push(...part);
    else waiting.push(part.slice(part.length >> 1), part.slice(0, part.length >> 1));
  }
  // Some names (`.GIT/config`) git passes over with a message and no failure.
  return spoke ? [...refused, ...(await findUnstaged(repository, command, paths, refused))] : refused;
}

/** Takes paths out of the index. */
export async function unstageFiles(
  repository: Repository,
  command: WorkTreeCommand,
  paths: string[],
): Promise<void> {
  if (paths.length === 0) return;
  await repository.read(["update-index", "-z", "--force-remove", "--stdin"], {
    ...command,
    input: joinPaths(paths),
  });
}

async function findUnstaged(
  repository: Repository,
  command: WorkTreeCommand,
  paths: string[],
  refused: string[],
): Promise<string[]> {
  const known = new Set([...splitPaths(await repository.read(["ls-files", "-z"], command)), ...refused]);
  return paths.filter((path) => !known.has(path));
}

function joinPaths(paths: string[]): Buffer {
  return Buffer.from(paths.map((path) => `${path}\0`).join(""), "latin1");
}
