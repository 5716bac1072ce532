import { type PatchBlock, readPatchBlock } from "../src/adapters/git/patch-sections.ts";
import type { DiffBlock } from "../src/ports.ts";

/** Files to which the diffs apply, made of the lines that they take away or keep; blank lines fill the gaps. */
export function filesBeforeDiffs(diffs: DiffBlock[]): Record<string, string> {
  const files = new Map<string, string[]>();
  for (const [index, diff] of diffs.entries()) {
    const block = readBlock(diff, index + 1);
    for (const section of block?.sections ?? []) {
      // A file that an earlier diff has begun is as that one leaves it, which is the second one's affair.
      if (block === null || section.oldPath === null || files.has(section.oldPath)) continue;
      files.set(section.oldPath, linesBefore(block, section.hunks, section.body));
    }
  }
  return Object.fromEntries(
    [...files].map(([path, lines]) => [path, lines.map((line) => `${line}\n`).join("")]),
  );
}

/** A diff that is broken is for the action to refuse. */
function readBlock(diff: DiffBlock, number: number): PatchBlock | null {
  try {
    return readPatchBlock(diff, number);
  } catch {
    return null;
  }
}

function linesBefore(block: PatchBlock, hunks: Map<number, number>, body: Set<number>): string[] {
  const lines: string[] = [];
  for (const [start, headerLine] of hunks) {
    let at = Math.max(start - 1, 0);
    for (let index = headerLine - block.line + 1; body.has(index); index += 1) {
      const text = block.lines[index] ?? "";
      if (text.startsWith("+") || text.startsWith("\\")) continue;
      while (lines.length < at) lines.push("");
      lines[at] = text.slice(1);
      at += 1;
    }
  }
  return lines;
}
