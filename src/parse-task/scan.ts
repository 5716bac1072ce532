import { BlockReader, type LineKind, RULE } from "./blocks.ts";
import { CodeSpans } from "./code-spans.ts";
import { type MetadataComment, readMetadataComment } from "./metadata.ts";

export interface Line {
  text: string;
  /** Line of the body, from 1. */
  number: number;
  kind: LineKind | "metadata";
}

export interface Scan {
  /** The text's lines in their order; a metadata comment is one line, whatever it shares its own lines with. */
  lines: Line[];
  comments: MetadataComment[];
  /** Whether a code fence runs to the end without being closed. */
  hasOpenFence: boolean;
}

// Without the space that the backend's own expression wants before the JSON: a person who forgot it meant metadata too.
const OPENER = /<!--\s*agent_task_metadata(?=[\s{]|$)/y;
const FRAME = new RegExp(`${RULE.source}\\s*${OPENER.source}`, "gm");

/**
 * Splits Markdown (`\n` line ends) into lines and metadata comments; throws `invalid-task` for a broken comment.
 * Comments in code are text. Linear in the text's length.
 */
export function scanText(source: string, firstLine = 1): Scan {
  const blocks = new BlockReader();
  const openers = new OpenerFinder(source);
  const scan: Scan = { lines: [], comments: [], hasOpenFence: false };
  let position = 0;
  let number = firstLine;
  while (position < source.length) {
    const end = endOfLine(source, position);
    const text = source.slice(position, end);
    const opener = openers.find(position, text);
    // What precedes the comment decides whether it stands in code; the "x" stands for the comment itself.
    const before = opener === null ? text : text.slice(0, opener.start - position);
    const kind = blocks.classify(opener === null ? text : `${before}x`);
    if (opener === null || kind === "code") {
      scan.lines.push({ text, number, kind });
      position = end + 1;
      number += 1;
      continue;
    }
    if (before.trim() !== "") scan.lines.push({ text: before, number, kind });
    const comment = readMetadataComment(source, opener.end, number);
    blocks.interrupt();
    scan.comments.push(comment);
    scan.lines.push({ text: "", number, kind: "metadata" });
    number += countLineEnds(source, position, comment.end);
    position = comment.end;
    const restEnd = endOfLine(source, position);
    if (source.slice(position, restEnd).trim() === "") {
      position = restEnd + 1;
      number += 1;
    }
  }
  scan.hasOpenFence = blocks.hasOpenFence;
  return scan;
}

/** The last `---` with a metadata comment right after it, in code or not: its line, and the offset after that line. */
export function findFrame(source: string): { number: number; end: number } | null {
  const last = [...source.matchAll(FRAME)].at(-1);
  if (last === undefined) return null;
  return { number: countLineEnds(source, 0, last.index) + 1, end: endOfLine(source, last.index) + 1 };
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end < 0 ? source.length : end;
}

function countLineEnds(source: string, from: number, to: number): number {
  return source.slice(from, to).split("\n").length - 1;
}

/** Finds the metadata comments of a text, outside of inline code, line by line from its start. */
class OpenerFinder {
  readonly #source: string;
  #spans: { lineEnd: number; spans: CodeSpans } | null = null;

  constructor(source: string) {
    this.#source = source;
  }

  /** The next comment that begins in `line`, the rest of a line that begins at `from`; `end` is after the comment's name. */
  find(from: number, line: string): { start: number; end: number } | null {
    for (let at = line.indexOf("<!--"); at >= 0; at = line.indexOf("<!--", at + 4)) {
      const start = from + at;
      OPENER.lastIndex = start;
      if (!OPENER.test(this.#source)) continue;
      const end = OPENER.lastIndex;
      if (!this.#spansOf(from, line).cover(start, from)) return { start, end };
    }
    return null;
  }

  // A line with many comments is asked for many times, shorter by one each time.
  #spansOf(from: number, line: string): CodeSpans {
    const lineEnd = from + line.length;
    if (this.#spans?.lineEnd !== lineEnd) this.#spans = { lineEnd, spans: new CodeSpans(line, from) };
    return this.#spans.spans;
  }
}
