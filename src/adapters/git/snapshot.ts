import { randomUUID } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { showPath } from "../../harmless.ts";
import type { Checkout } from "../../ports.ts";
import type { Oid } from "../../task.ts";
import { recordOf } from "./checkout.ts";
import type { Repository } from "./repository.ts";
import { sortFiles, splitPaths, type WorkTreeCommand } from "./sort-files.ts";
import { stageFiles, unstageFiles } from "./stage.ts";
import { nameStrayWork } from "./stray-work.ts";
import { confirmWorkTree, holdsNothing, surveyWorkTree } from "./work-tree.ts";

const DAY_S = 86_400;
const NAMED = 10;

/**
 * Takes the work tree of a finished step as a tree. Git works on our own directory and index, never on the step's `.git`, and runs
 * nothing that the repository configures.
 */
export async function takeSnapshot(
  repository: Repository,
  checkout: Checkout,
): Promise<{ tree: Oid; leftOut: string[] }> {
  const record = recordOf(checkout);
  await confirmWorkTree(checkout.path, record);
  const survey = surveyWorkTree(checkout.path);
  const command = await openIndex(repository, checkout.path, record.index);
  const [files, stray, submodules] = await Promise.all([
    sortFiles(repository, command, survey.special),
    nameStrayWork(join(checkout.path, ".git"), record.commit),
    record.hasSubmodules ? findTouchedSubmodules(repository, command) : [],
  ]);
  await unstageFiles(repository, command, files.remove);
  const refused = await stageFiles(repository, command, files.add);
  const tree = (await repository.read(["write-tree", "--missing-ok"], command)).toString().trim();
  const leftOut = [
    ...nameSome("Ignored by `.gitignore`", files.ignored),
    ...nameSome("Larger than 100 MiB", files.tooLarge),
    ...nameSome("Refused by git (name or permission)", refused),
    ...nameSome("Not a file (FIFO, socket or device)", survey.special),
    ...nameSome("Folders that could not be read", survey.unreadable),
    ...nameSome("Submodules (they stay at their commit)", submodules),
    ...nameSome("Histories of nested repositories (their files are in)", files.nestedIn),
    ...nameSome("Nested repositories", files.nestedOut),
    ...stray,
  ];
  return { tree, leftOut };
}

async function openIndex(repository: Repository, workTree: string, index: Buffer): Promise<WorkTreeCommand> {
  const file = join(repository.gitDirectory, `index-${randomUUID()}`);
  await writeFile(file, index, { mode: 0o600 });
  // An index older than a file makes git read that file to be sure; the checkout has seen to it that times tell.
  const tomorrow = Date.now() / 1000 + DAY_S;
  await utimes(file, tomorrow, tomorrow);
  return { workTree, environment: { GIT_INDEX_FILE: file } };
}

/** Submodules of the base that are no empty folder any more: they stay as they were, whatever was put there. */
async function findTouchedSubmodules(repository: Repository, command: WorkTreeCommand): Promise<string[]> {
  const entries = splitPaths(await repository.read(["ls-files", "-z", "--stage"], command));
  const submodules = entries
    .filter((entry) => entry.startsWith("160000 "))
    .map((entry) => entry.slice(entry.indexOf("\t") + 1));
  return submodules.filter((path) => !holdsNothing(command.workTree, path));
}

function nameSome(kind: string, paths: string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
  return [`${kind}: ${paths.slice(0, NAMED).map(showPath).join(", ")}${more}.`];
}
