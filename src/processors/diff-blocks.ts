import { BlockReader, type Fence, stripQuotes } from "../parse-task/blocks.ts";
import type { DiffBlock } from "../ports.ts";

const DIFF = /^(?:diff|patch)(?=[\s{:,]|$)/i;

/**
 * Finds the fenced code blocks of an instruction that are marked `diff` or `patch`, in quotations and lists too. A fence that is
 * not closed runs to the end. The text keeps its line ends as they are.
 */
export function findDiffBlocks(instruction: string): DiffBlock[] {
  const reader = new BlockReader();
  const blocks: DiffBlock[] = [];
  let fence: Fence | null = null;
  let open: DiffBlock | null = null;
  for (const [index, line] of splitLines(instruction).entries()) {
    reader.classify(line.replace(/\r?\n?$/, ""));
    if (open && reader.fence === fence) open.text += insideOf(line, reader.fence);
    if (reader.fence === fence) continue;
    fence = reader.fence;
    open = fence && DIFF.test(fence.info) ? { line: index + 2, text: "" } : null;
    if (open) blocks.push(open);
  }
  return blocks;
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Takes off the quotation's marks and the fence's own indentation. */
function insideOf(line: string, fence: Fence | null): string {
  const { rest } = stripQuotes(line, fence?.quotes ?? 0);
  const spaces = rest.search(/[^ \t]|$/);
  return rest.slice(Math.min(spaces, fence?.indent ?? 0));
}
