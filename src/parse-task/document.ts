import { isInstructionsHeading, isRule } from "./headings.ts";
import { type MetadataComment, onlyComment } from "./metadata.ts";
import { findFrame, type Line, type Scan, scanText } from "./scan.ts";

/** A body's lines and its metadata comment. */
export interface Document {
  lines: Line[];
  comment: MetadataComment | null;
  /** Index of the `---` which, with the metadata right after it, ends an instruction as the backend writes it; else `null`. */
  frame: number | null;
}

/** Reads an issue's body; any line ends, a byte order mark, `null`. Throws `invalid-task` for broken or contradicting metadata. */
export function readDocument(body: string): Document {
  const source = normaliseText(body.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"));
  const { lines, comments } = freeMetadata(source, scanText(source));
  return { lines, comment: onlyComment(comments), frame: locateFrame(lines) };
}

/** Replaces what UTF-8, files and commit messages cannot hold (lone surrogates, NUL) by U+FFFD, as CommonMark does. */
export function normaliseText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** Reads what follows the frame's rule by itself where a fence that the instruction left open has swallowed it. */
function freeMetadata(source: string, scan: Scan): Scan {
  const rule = scan.hasOpenFence ? findFrame(source) : null;
  if (rule === null) return scan;
  const index = scan.lines.findIndex(({ number }) => number === rule.number);
  const [line, ...swallowed] = scan.lines.slice(index);
  if (line?.kind !== "code" || swallowed.some(({ kind }) => kind !== "code")) return scan;
  const before = scan.lines.slice(0, index);
  if (!hasInstructionsHeading(before)) return scan;
  const rest = scanText(source.slice(rule.end), rule.number + 1);
  return {
    lines: [...before, { ...line, kind: "text" }, ...rest.lines],
    comments: [...scan.comments, ...rest.comments],
    hasOpenFence: rest.hasOpenFence,
  };
}

/** The last rule with metadata right after it, whatever follows, where an instruction begins before it. */
function locateFrame(lines: Line[]): number | null {
  const told = [...lines.entries()].filter(([, { kind, text }]) => kind === "metadata" || text.trim() !== "");
  const rule = told.findLast(
    ([, { kind, text }], at) => kind !== "code" && isRule(text) && told[at + 1]?.[1].kind === "metadata",
  );
  return rule !== undefined && hasInstructionsHeading(lines.slice(0, rule[0])) ? rule[0] : null;
}

function hasInstructionsHeading(lines: Line[]): boolean {
  return lines.some((_line, index) => isInstructionsHeading(lines, index));
}
