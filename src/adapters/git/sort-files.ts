import { join } from "node:path";
import type { Change } from "../../task.ts";
import { ensureBlobs } from "./blobs.ts";
import { GITLINK, parseRawDiff } from "./differences.ts";
import type { CommandOptions, Repository } from "./repository.ts";
import { inspect } from "./work-tree.ts";

/** A command on the work tree with our private index. */
export type WorkTreeCommand = CommandOptions & { workTree: string; environment: { GIT_INDEX_FILE: string } };

/** What becomes of the files of a work tree that differ from the index; paths are bytes in latin-1. */
export interface SortedFiles {
  add: string[];
  remove: string[];
  /** Not taken. */
  tooLarge: string[];
  /** Not taken; a folder of which all is ignored stands for its files. */
  ignored: string[];
  /** Folders with a `.git` of their own: those whose files are taken, and those of which nothing is. */
  nestedIn: string[];
  nestedOut: string[];
}

/** GitHub takes no larger file; a sparse one costs nothing to make and a disk to read. */
const MAX_FILE = 100 * 1024 * 1024;
const MAX_NESTED = 50;
const OTHERS = ["ls-files", "-z", "--others", "--exclude-standard"];

/** Finds what changed; `kept` are tracked paths that stay as they were though they are gone. */
export async function sortFiles(
  repository: Repository,
  command: WorkTreeCommand,
  kept: string[],
): Promise<SortedFiles> {
  const [touched, untracked, ignored] = await Promise.all([
    repository.read(
      ["diff-files", "--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=all"],
      command,
    ),
    repository.read(OTHERS, command),
    repository.read([...OTHERS, "--ignored", "--directory"], command),
  ]);
  const files: SortedFiles = {
    add: [],
    remove: [],
    tooLarge: [],
    ignored: splitPaths(ignored),
    nestedIn: [],
    nestedOut: [],
  };
  await sortTouched(repository, command, parseRawDiff(touched), new Set(kept), files);
  await sortUntracked(repository, command, splitPaths(untracked), files);
  return files;
}

/** Splits `-z` output into paths. */
export function splitPaths(output: Buffer): string[] {
  return output.toString("latin1").split("\0").filter(Boolean);
}

async function sortTouched(
  repository: Repository,
  command: WorkTreeCommand,
  touched: Change[],
  kept: Set<string>,
  files: SortedFiles,
): Promise<void> {
  // A file whose place a nested repository has taken is shown as a gitlink, which is never taken.
  const isGone = ({ status, newMode }: Change) => status === "deleted" || newMode === GITLINK;
  files.remove.push(
    ...touched
      .filter(isGone)
      .map(({ path }) => path)
      .filter((path) => !kept.has(path)),
  );
  const there = touched.filter((change) => !isGone(change));
  const taken = there.filter(({ path }) => takeIfSmall(command, path, files));
  const modified = await dropUnchanged(repository, command, taken);
  files.add.push(...modified.map(({ path }) => path));
  // To convert line ends as the repository wants them, git may look at what was there before.
  const old = modified.filter(({ oldMode }) => oldMode !== GITLINK && oldMode !== "000000");
  await ensureBlobs(
    repository,
    old.map(({ oldOid }) => oldOid),
  );
}

/** Takes out the files that were only written anew, so that their old content need not be fetched. */
async function dropUnchanged(
  repository: Repository,
  command: WorkTreeCommand,
  changes: Change[],
): Promise<Change[]> {
  const isPlain = ({ path, oldMode, newMode }: Change) =>
    oldMode === newMode && oldMode.startsWith("100") && !/^"|\n/.test(path);
  const plain = changes.filter(isPlain);
  if (plain.length === 0) return changes;
  const input = Buffer.from(plain.map(({ path }) => `${path}\n`).join(""), "latin1");
  const { stdout } = await repository.run(["hash-object", "--no-filters", "--stdin-paths"], {
    ...command,
    input,
    quiet: true,
  });
  const hashes = stdout.toString().split("\n");
  const unchanged = new Set(plain.filter(({ oldOid }, index) => hashes[index] === oldOid));
  return changes.filter((change) => !unchanged.has(change));
}

async function sortUntracked(
  repository: Repository,
  command: WorkTreeCommand,
  paths: string[],
  files: SortedFiles,
): Promise<void> {
  const nested = paths.filter((path) => path.endsWith("/"));
  files.add.push(...paths.filter((path) => !path.endsWith("/") && takeIfSmall(command, path, files)));
  for (let folder = nested.shift(); folder; folder = nested.shift()) {
    const name = Buffer.from(folder, "latin1").toString();
    const isText = Buffer.from(name).toString("latin1") === folder;
    if (!isText || files.nestedIn.length >= MAX_NESTED) {
      files.nestedOut.push(folder);
      continue;
    }
    files.nestedIn.push(folder);
    // Seen from inside, its `.git` bounds nothing, and its files are files like others.
    const inside = {
      workTree: join(command.workTree, name),
      environment: { GIT_INDEX_FILE: `${command.environment.GIT_INDEX_FILE}-none` },
    };
    const found = splitPaths(await repository.read(OTHERS, inside)).map((path) => `${folder}${path}`);
    nested.push(...found.filter((path) => path.endsWith("/")));
    files.add.push(...found.filter((path) => !path.endsWith("/") && takeIfSmall(command, path, files)));
  }
}

function takeIfSmall({ workTree }: WorkTreeCommand, path: string, files: SortedFiles): boolean {
  const isSmall = (inspect(workTree, path)?.size ?? 0) <= MAX_FILE;
  if (!isSmall) files.tooLarge.push(path);
  return isSmall;
}
