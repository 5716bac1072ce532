import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { DiffBlock } from "../../ports.ts";
import type { Oid } from "../../task.ts";
import { ensureBlobs, readBlobs } from "./blobs.ts";
import type { GitEnd } from "./git-process.ts";
import { type PatchBlock, type PatchSection, readPatchBlock } from "./patch-sections.ts";
import { checkCounts, fittingText, plainText, refusedPatch } from "./patch-text.ts";
import type { Repository } from "./repository.ts";

const MAX_FILE = 16 * 1024 * 1024;
const PATHS_AT_ONCE = 1000;

/** Applies the diffs to the commit's tree, all or nothing; gives the tree, which is the commit's own where they are in it already. */
export async function applyDiffs(repository: Repository, base: Oid, diffs: DiffBlock[]): Promise<Oid> {
  const blocks = diffs.map((diff, index) => readPatchBlock(diff, index + 1));
  const [blobs, index] = await Promise.all([
    fetchTouched(repository, base, blocks),
    openIndex(repository, base),
  ]);
  if (!(await applyTogether(index, blocks))) {
    const crlf = await filesWithCrlf(repository, blobs);
    if ((await applyInTurn(index, blocks, crlf)) === "there-already") return await treeOf(repository, base);
  }
  const tree = await repository.read(["write-tree", "--missing-ok"], { environment: index.environment });
  return tree.toString().trim();
}

/** The tree of a commit. */
export async function treeOf(repository: Repository, commit: Oid): Promise<Oid> {
  return (await repository.read(["rev-parse", "--verify", `${commit}^{tree}`])).toString().trim();
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
  await ensureBlobs(repository, [...found.values()]);
  return found;
}

/** A private index that holds the base's tree. */
interface Index {
  repository: Repository;
  base: Oid;
  environment: { GIT_INDEX_FILE: string };
}

async function openIndex(repository: Repository, base: Oid): Promise<Index> {
  const environment = { GIT_INDEX_FILE: join(repository.gitDirectory, `index-${randomUUID()}`) };
  await repository.read(["read-tree", base], { environment });
  return { repository, base, environment };
}

/** All diffs in one go, which is what nearly always works; `false` leaves the index as it was. */
async function applyTogether(index: Index, blocks: PatchBlock[]): Promise<boolean> {
  if (new Set(blocks.map(({ strip }) => strip)).size > 1) return false;
  const end = await apply(index, blocks, blocks.map(plainText).join(""));
  return end.status === 0;
}

/** One diff after the other, with the line ends that fit, so that the one that fails can be named. */
async function applyInTurn(
  index: Index,
  blocks: PatchBlock[],
  crlf: Set<string>,
): Promise<"applied" | "there-already"> {
  for (const block of blocks) {
    const refused = await applyEither(index, block, crlf);
    if (refused === null) continue;
    if (await isThereAlready(index, blocks, crlf)) return "there-already";
    throw refusedPatch(block, refused.stderr);
  }
  return "applied";
}

/** Whether all diffs, the last one first, can be taken back from the base. */
async function isThereAlready(
  { repository, base }: Index,
  blocks: PatchBlock[],
  crlf: Set<string>,
): Promise<boolean> {
  const index = await openIndex(repository, base);
  for (const block of blocks.toReversed()) {
    if ((await applyEither(index, block, crlf, "--reverse")) !== null) return false;
  }
  return true;
}

/** Gives `null` where the diff applied as it is or with its files' line ends, else how git refused it at first. */
async function applyEither(
  index: Index,
  block: PatchBlock,
  crlf: Set<string>,
  ...options: string[]
): Promise<GitEnd | null> {
  const plain = await apply(index, [block], plainText(block), ...options);
  if (plain.status === 0) return null;
  const isCrlf = ({ oldPath, newPath }: PatchSection) => crlf.has(oldPath ?? "") || crlf.has(newPath ?? "");
  const fitting = await apply(index, [block], fittingText(block, isCrlf), ...options);
  return fitting.status === 0 ? null : plain;
}

async function apply(
  index: Index,
  blocks: PatchBlock[],
  input: string,
  ...options: string[]
): Promise<GitEnd> {
  const args = [
    "apply",
    "--cached",
    "--whitespace=nowarn",
    "--numstat",
    "--apply",
    "-z",
    `-p${blocks[0]?.strip ?? 1}`,
  ];
  const { repository, environment } = index;
  const end = await repository.run([...args, ...options, "-"], { input, environment, quiet: true });
  if (end.status === 0 && options.length === 0) checkCounts(blocks, end.stdout);
  return end;
}

async function filesWithCrlf(repository: Repository, blobs: Map<string, Oid>): Promise<Set<string>> {
  const contents = await readBlobs(repository, [...blobs.values()], MAX_FILE);
  return new Set([...blobs.keys()].filter((_, index) => contents[index]?.includes("\r\n")));
}
