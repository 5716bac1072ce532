import { randomUUID } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { showPath } from "../../harmless.ts";
import type { Checkout } from "../../ports.ts";
import type { Oid } from "../../task.ts";
import { type CheckoutRecord, recordOf } from "./checkout.ts";
import { compareWithIndex, forgetTouched, type TouchedFile } from "./compare-index.ts";
import { treeOf } from "./differences.ts";
import { findModified } from "./modified.ts";
import { fetchObjects } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { stageFiles, unstageFiles } from "./stage.ts";
import { nameStrayWork } from "./stray-work.ts";
import { enterNested, listUntracked, type Untracked, type WorkTreeCommand } from "./untracked.ts";
import { confirmWorkTree, inspect, surveyWorkTree } from "./work-tree.ts";

/** GitHub takes no larger file; a sparse one costs nothing to make and a disk to read. */
const MAX_FILE = 100 * 1024 * 1024;
const DAY_S = 86_400;
const NAMED = 10;

/** What a finished step left in its work tree; paths are bytes in latin-1. */
interface Survey {
  /** Paths of files that are no more. */
  gone: string[];
  taken: TouchedFile[];
  /** Paths of new files. */
  added: string[];
  tooLarge: string[];
  special: string[];
  unreadable: string[];
  submodules: string[];
  untracked: Untracked;
}

/**
 * Takes the work tree of a finished step as a tree, and fetches the commits that it is to be compared with. Git works on our own
 * directory and index, never on the step's `.git`, and runs nothing that the repository configures.
 */
export async function takeSnapshot(
  repository: Repository,
  checkout: Checkout,
  commits: Oid[],
): Promise<{ tree: Oid; leftOut: string[] }> {
  const root = checkout.path;
  const record = recordOf(checkout);
  await confirmWorkTree(root, record);
  // Both end before a tree is written: git writes only those that it does not find there.
  const [survey, fetched] = await Promise.allSettled([
    surveyWork(repository, root, record),
    fetchObjects(repository, commits, "commits"),
  ]);
  if (survey.status === "rejected") throw survey.reason;
  if (fetched.status === "rejected") throw fetched.reason;
  const { untracked, tooLarge, special, unreadable, submodules } = survey.value;
  const { tree, refused } = await writeTree(repository, root, record, survey.value);
  const leftOut = [
    ...nameSome("Ignored by `.gitignore`", untracked.ignored),
    ...nameSome("Larger than 100 MiB", tooLarge),
    ...nameSome("Refused by git (name or permission)", refused),
    ...nameSome("Not a file (FIFO, socket or device)", special),
    ...nameSome("Folders that could not be read", unreadable),
    ...nameSome("Submodules (they stay at their commit)", submodules),
    ...nameSome("Histories of nested repositories (their files are in)", untracked.nestedIn),
    ...nameSome("Nested repositories", untracked.nestedOut),
    ...(await nameStrayWork(join(root, ".git"), record.commit)),
  ];
  return { tree, leftOut };
}

/** Needs no commit and no tree; the old content of modified files is there afterwards. */
async function surveyWork(repository: Repository, root: string, { index }: CheckoutRecord): Promise<Survey> {
  const { special, unreadable } = surveyWorkTree(root);
  const command = await openIndex(repository, root, index);
  const listing = listUntracked(repository, command);
  const { touched, submodules } = compareWithIndex(index, root);
  const untracked = await listing;
  const gone = touched
    .filter(({ newMode }) => newMode === null)
    .map(({ path }) => path)
    .filter((path) => !special.includes(path));
  await enterNested(repository, command, untracked, gone);

  const there = touched.filter(({ newMode }) => newMode !== null);
  const tooLarge = [...there.map(({ path }) => path), ...untracked.files].filter((path) =>
    isTooLarge(root, path),
  );
  const taken = await findModified(
    repository,
    command,
    there.filter(({ path }) => !tooLarge.includes(path)),
  );
  const added = untracked.files.filter((path) => !tooLarge.includes(path));
  return { gone, taken, added, tooLarge, special, unreadable, submodules, untracked };
}

async function writeTree(
  repository: Repository,
  root: string,
  { commit, index }: CheckoutRecord,
  { gone, taken, added }: Pick<Survey, "gone" | "taken" | "added">,
): Promise<{ tree: Oid; refused: string[] }> {
  if (gone.length + taken.length + added.length === 0)
    return { tree: await treeOf(repository, commit), refused: [] };
  const command = await openIndex(repository, root, taken.length > 0 ? forgetTouched(index, taken) : index);
  await unstageFiles(repository, command, gone);
  const refused = await stageFiles(repository, command, [...taken.map(({ path }) => path), ...added]);
  const tree = (await repository.read(["write-tree", "--missing-ok"], command)).toString().trim();
  return { tree, refused };
}

async function openIndex(repository: Repository, workTree: string, index: Buffer): Promise<WorkTreeCommand> {
  const file = join(repository.gitDirectory, `index-${randomUUID()}`);
  await writeFile(file, index, { mode: 0o600 });
  // In an index older than a file, git would read that file to be sure that it is the one that was checked out.
  const tomorrow = Date.now() / 1000 + DAY_S;
  await utimes(file, tomorrow, tomorrow);
  return { workTree, environment: { GIT_INDEX_FILE: file } };
}

function isTooLarge(root: string, path: string): boolean {
  return (inspect(root, path)?.size ?? 0n) > MAX_FILE;
}

function nameSome(kind: string, paths: string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
  return [`${kind}: ${paths.slice(0, NAMED).map(showPath).join(", ")}${more}.`];
}
