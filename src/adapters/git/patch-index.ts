import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Oid } from "../../task.ts";
import type { PatchBlock } from "./patch-sections.ts";
import { checkCounts, fittingText, plainText, refusedPatch } from "./patch-text.ts";
import type { Repository } from "./repository.ts";

/** A private index that holds the base's tree, to apply diffs to. */
export interface PatchIndex {
  repository: Repository;
  base: Oid;
  environment: { GIT_INDEX_FILE: string };
}

/** How a diff fitted: where it says, elsewhere in its files, or not at all; the index is then as it was. */
export interface Fit {
  kind: "exact" | "shifted" | "refused";
  /** Git's words. */
  stderr: string;
}

/** Paths of the files that have CRLF line ends. */
export type CrlfPaths = Set<string>;

export async function openPatchIndex(repository: Repository, base: Oid): Promise<PatchIndex> {
  const environment = { GIT_INDEX_FILE: join(repository.gitDirectory, `index-${randomUUID()}`) };
  await repository.read(["read-tree", base], { environment });
  return { repository, base, environment };
}

/** Applies all diffs in one go, which is what nearly always works. */
export async function applyTogether(index: PatchIndex, blocks: PatchBlock[]): Promise<Fit["kind"]> {
  if (new Set(blocks.map(({ strip }) => strip)).size > 1) return "refused";
  return (await apply(index, blocks, blocks.map(plainText).join(""))).kind;
}

/** Applies one diff after the other, with the line ends that fit; throws `patch-failed` for the first that does not. */
export async function applyInTurn(
  index: PatchIndex,
  blocks: PatchBlock[],
  crlf: CrlfPaths,
): Promise<Fit["kind"]> {
  let kind: Fit["kind"] = "exact";
  for (const block of blocks) {
    const fit = await applyEither(index, block, crlf);
    if (fit.kind === "refused") throw refusedPatch(block, fit.stderr);
    if (fit.kind === "shifted") kind = "shifted";
  }
  return kind;
}

/** How all diffs, the last one first, can be taken back from the base. */
export async function takeBack(
  { repository, base }: PatchIndex,
  blocks: PatchBlock[],
  crlf: CrlfPaths,
): Promise<Fit["kind"]> {
  const index = await openPatchIndex(repository, base);
  const kinds = new Set<Fit["kind"]>();
  for (const block of blocks.toReversed()) {
    kinds.add((await applyEither(index, block, crlf, "--reverse")).kind);
    if (kinds.has("refused")) return "refused";
  }
  return kinds.has("shifted") ? "shifted" : "exact";
}

/** As the diff is, or else with its files' line ends; a refusal is the first of the two. */
async function applyEither(
  index: PatchIndex,
  block: PatchBlock,
  crlf: CrlfPaths,
  ...options: string[]
): Promise<Fit> {
  const plain = await apply(index, [block], plainText(block), ...options);
  if (plain.kind !== "refused") return plain;
  const text = fittingText(
    block,
    ({ oldPath, newPath }) => crlf.has(oldPath ?? "") || crlf.has(newPath ?? ""),
  );
  const fitting = await apply(index, [block], text, ...options);
  return fitting.kind === "refused" ? plain : fitting;
}

async function apply(
  index: PatchIndex,
  blocks: PatchBlock[],
  input: string,
  ...options: string[]
): Promise<Fit> {
  const { repository, environment } = index;
  const strip = `-p${blocks[0]?.strip ?? 1}`;
  const report = ["--verbose", "--numstat", "--apply", "-z"];
  const args = ["apply", "--cached", "--whitespace=nowarn", ...report, strip, ...options, "-"];
  const { status, stdout, stderr } = await repository.run(args, { input, environment, quiet: true });
  if (status !== 0) return { kind: "refused", stderr };
  if (options.length === 0) checkCounts(blocks, stdout);
  // Git tells of a hunk that it found elsewhere in these words only.
  return { kind: /^Hunk #\d+ succeeded at .*\(offset /m.test(stderr) ? "shifted" : "exact", stderr };
}
