import type { DiffBlock } from "../../ports.ts";
import type { Oid } from "../../task.ts";
import { readBlobs } from "./blobs.ts";
import { treeOf } from "./differences.ts";
import {
  applyInTurn,
  applyTogether,
  type CrlfPaths,
  type Fit,
  openPatchIndex,
  type PatchIndex,
  takeBack,
} from "./patch-index.ts";
import { type PatchBlock, readPatchBlock } from "./patch-sections.ts";
import { fetchObjects } from "./refs.ts";
import type { Repository } from "./repository.ts";

const MAX_FILE = 16 * 1024 * 1024;
const PATHS_AT_ONCE = 1000;

/** Applies the diffs to the commit's tree, all or nothing; gives the tree, which is the commit's own where they are in it already. */
export async function applyDiffs(repository: Repository, base: Oid, diffs: DiffBlock[]): Promise<Oid> {
  const blocks = diffs.map((diff, index) => readPatchBlock(diff, index + 1));
  const [blobs, index] = await Promise.all([
    fetchTouched(repository, base, blocks),
    openPatchIndex(repository, base),
  ]);
  if (!(await applyOnce(index, blocks, () => findCrlf(repository, blobs))))
    return await treeOf(repository, base);
  const tree = await repository.read(["write-tree", "--missing-ok"], { environment: index.environment });
  return tree.toString().trim();
}

/** Gives `false` where the diffs were applied before. */
async function applyOnce(
  index: PatchIndex,
  blocks: PatchBlock[],
  findCrlf: () => Promise<CrlfPaths>,
): Promise<boolean> {
  const together = await applyTogether(index, blocks);
  if (together === "exact") return true;
  const crlf = await findCrlf();
  let fit: Fit["kind"] = together;
  try {
    if (fit === "refused") fit = await applyInTurn(index, blocks, crlf);
  } catch (failure) {
    if ((await takeBack(index, blocks, crlf)) === "refused") throw failure;
    return false;
  }
  // In a file that repeats itself, a diff that is there already may fit a second time, further down.
  return fit === "exact" || (await takeBack(index, blocks, crlf)) !== "exact";
}

/** Fetches the files that the diffs change, in one request; gives them by path. */
async function fetchTouched(
  repository: Repository,
  base: Oid,
  blocks: PatchBlock[],
): Promise<Map<string, Oid>> {
  const names = blocks.flatMap(({ sections }) =>
    sections.flatMap(({ oldPath, newPath }) => [oldPath ?? [], newPath ?? []].flat()),
  );
  // Git itself refuses what leaves the repository; asking for it would end the look-up.
  const paths = [...new Set(names)].filter((name) => !/^\/|(?:^|\/)\.{0,2}(?:\/|$)|\0/.test(name));
  const found = new Map<string, Oid>();
  for (let at = 0; at < paths.length; at += PATHS_AT_ONCE) {
    const listing = await repository.read([
      "ls-tree",
      "-z",
      base,
      "--",
      ...paths.slice(at, at + PATHS_AT_ONCE),
    ]);
    for (const entry of listing.toString().split("\0")) {
      const [, oid, path] = /^\d+ blob ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
      if (oid && path) found.set(path, oid);
    }
  }
  // The base was fetched without files: there is no need to look for them.
  await fetchObjects(repository, [...found.values()], "files");
  return found;
}

async function findCrlf(repository: Repository, blobs: Map<string, Oid>): Promise<CrlfPaths> {
  const contents = await readBlobs(repository, [...blobs.values()], MAX_FILE);
  return new Set([...blobs.keys()].filter((_, index) => contents[index]?.includes("\r\n")));
}
