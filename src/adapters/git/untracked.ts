import { join } from "node:path";
import type { CommandOptions, Repository } from "./repository.ts";
import { inspect } from "./work-tree.ts";

/** A command on the work tree with our private index. */
export type WorkTreeCommand = CommandOptions & { workTree: string; environment: { GIT_INDEX_FILE: string } };

/** What stands in a work tree and not in the index; paths are bytes in latin-1. */
export interface Untracked {
  files: string[];
  /** A folder of which all is ignored stands for its files. */
  ignored: string[];
  /** Folders with a `.git` of their own: those whose files are among `files`, and those of which nothing is. */
  nestedIn: string[];
  nestedOut: string[];
}

const MAX_NESTED = 50;
const OTHERS = ["ls-files", "-z", "--others", "--exclude-standard"];

/** Lists the work tree; nested repositories are in `nestedOut` until `enterNested` is called. */
export async function listUntracked(repository: Repository, command: WorkTreeCommand): Promise<Untracked> {
  const [others, ignored] = await Promise.all([
    repository.read(OTHERS, command),
    repository.read([...OTHERS, "--ignored", "--directory"], command),
  ]);
  const untracked: Untracked = { files: [], ignored: splitPaths(ignored), nestedIn: [], nestedOut: [] };
  untracked.nestedOut = divide(splitPaths(others), untracked);
  return untracked;
}

/** Takes in the files of nested repositories, also of those that stand in the place of the `gone` files. */
export async function enterNested(
  repository: Repository,
  command: WorkTreeCommand,
  untracked: Untracked,
  gone: string[],
): Promise<void> {
  // Git does not show them, since their paths are in the index.
  const hidden = gone
    .filter((path) => inspect(command.workTree, `${path}/.git`) !== null)
    .map((path) => `${path}/`);
  const isShown = (folder: string) => untracked.files.some((path) => path.startsWith(folder));
  const waiting = [...untracked.nestedOut, ...hidden.filter((folder) => !isShown(folder))];
  untracked.nestedOut = [];
  for (let folder = waiting.shift(); folder; folder = waiting.shift()) {
    const found =
      untracked.nestedIn.length < MAX_NESTED ? await lookInside(repository, command, folder) : null;
    (found ? untracked.nestedIn : untracked.nestedOut).push(folder);
    waiting.push(...divide(found ?? [], untracked));
  }
}

/** Splits `-z` output into paths. */
export function splitPaths(output: Buffer): string[] {
  return output.toString("latin1").split("\0").filter(Boolean);
}

/** Adds the files; gives the nested repositories, which git shows as folders. */
function divide(paths: string[], untracked: Untracked): string[] {
  for (const path of paths) if (!path.endsWith("/")) untracked.files.push(path);
  return paths.filter((path) => path.endsWith("/"));
}

/** Lists a nested repository from inside, where its `.git` bounds nothing; `null` for a name that is no text. */
async function lookInside(
  repository: Repository,
  command: WorkTreeCommand,
  folder: string,
): Promise<string[] | null> {
  const name = Buffer.from(folder, "latin1").toString();
  if (Buffer.from(name).toString("latin1") !== folder) return null;
  const inside = {
    workTree: join(command.workTree, name),
    environment: { GIT_INDEX_FILE: `${command.environment.GIT_INDEX_FILE}-none` },
  };
  return splitPaths(await repository.read(OTHERS, inside)).map((path) => `${folder}${path}`);
}
