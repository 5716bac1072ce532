import { isInstructionsHeading, isRule } from "./layout.ts";
import { type MetadataComment, onlyComment } from "./metadata.ts";
import { beginsWithMetadata, type Line, type Scan, scanText } from "./scan.ts";

/** A body's lines and its metadata comment. */
export interface Document {
  lines: Line[];
  comment: MetadataComment | null;
  /** Whether it ends as the backend writes it: `---`, then the metadata comment; `lines` are then those before the rule. */
  isFramed: boolean;
}

/** Reads an issue's body; any line ends, a byte order mark, `null`. Throws `invalid-task` for broken or contradicting metadata. */
export function readDocument(body: string): Document {
  const source = normaliseText(body.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"));
  const framed = readFramed(source);
  if (framed !== null) return framed;
  const { lines, comments } = scanText(source);
  return { lines, comment: onlyComment(comments), isFramed: false };
}

/** Replaces what UTF-8, files and commit messages cannot hold (lone surrogates, NUL) by U+FFFD, as CommonMark does. */
export function normaliseText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/**
 * Reads the part before the frame by itself, so that a fence or a comment which the instruction leaves open
 * cannot swallow the backend's metadata.
 */
function readFramed(source: string): Document | null {
  const lines = source.split("\n");
  const ruleIndex = lines.findLastIndex((line) => isRule(line));
  const frame = lines.slice(ruleIndex + 1).join("\n");
  if (ruleIndex < 0 || !beginsWithMetadata(frame)) return null;

  const content = scanText(lines.slice(0, ruleIndex).join("\n"));
  if (content.hasOpenFence && !content.lines.some(isInstructionsHeading)) return null;
  const end: Scan = scanText(frame, ruleIndex + 2);
  if (end.lines.some((line) => line.kind !== "metadata" && line.kind !== "blank")) return null;
  return {
    lines: content.lines,
    comment: onlyComment([...content.comments, ...end.comments]),
    isFramed: true,
  };
}
