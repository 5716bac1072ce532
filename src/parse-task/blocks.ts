/** What a line of Markdown is, as far as it decides whether the line is text or only shown. */
export type LineKind = "text" | "blank" | "code" | "comment";

/** An open code fence. */
export interface Fence {
  marker: string;
  length: number;
  /** Block quotes around it, and the column where its list item's content begins: leaving them ends the fence. */
  quotes: number;
  column: number;
  /** Column of the fence itself: so many leading spaces do not belong to the code. */
  indent: number;
  /** What stands behind the fence's marks, such as `diff`. */
  info: string;
}

/** A line that is `---`. */
export const RULE = /^ {0,3}-{3,}[ \t]*$/;
const LIST_MARKER = /(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)/y;
/** A line that is `## Title`, `---`, `___` or `***`. */
export const HEADING_OR_RULE = /^ {0,3}(?:#{1,6}(?:[ \t]|$)|-{3,}[ \t]*$|_{3,}[ \t]*$|\*{3,}[ \t]*$)/;

/**
 * Follows CommonMark's block structure line by line: fenced and indented code (in lists and quotes too) and HTML
 * comments that begin a line. Looks at each character a bounded number of times.
 */
export class BlockReader {
  #fence: Fence | null = null;
  #inComment = false;
  #inParagraph = false;
  /** Column where the content of the open list item begins; 0 outside of lists. */
  #list = 0;

  /** The fence that was opened and not closed by the lines so far; another one is another object. */
  get fence(): Fence | null {
    return this.#fence;
  }

  /** Whether a fence was opened and not closed by the lines so far. */
  get hasOpenFence(): boolean {
    return this.#fence !== null;
  }

  classify(line: string): LineKind {
    if (this.#fence !== null && this.#staysInFence(line, this.#fence)) return "code";
    if (this.#inComment) {
      this.#inComment = !line.includes("-->");
      return "comment";
    }
    const kind = this.#classifyOutside(line);
    this.#inParagraph = kind === "text" && !HEADING_OR_RULE.test(line);
    return kind;
  }

  /** Tells the reader that something else than Markdown ended here (a metadata comment). */
  interrupt(): void {
    this.#inComment = false;
    this.#inParagraph = false;
  }

  #staysInFence(line: string, fence: Fence): boolean {
    const { quotes, rest } = stripQuotes(line, fence.quotes);
    const content = rest.trim();
    if (quotes < fence.quotes || (content !== "" && columnOf(rest) < fence.column)) {
      this.#fence = null;
      return false;
    }
    const closes =
      columnOf(rest) < fence.column + 4 &&
      content.length >= fence.length &&
      leadingRun(content, fence.marker) === content.length;
    if (closes) this.#fence = null;
    return true;
  }

  #classifyOutside(line: string): LineKind {
    const { quotes, rest } = stripQuotes(line, Number.POSITIVE_INFINITY);
    if (rest.trim() === "") return quotes > 0 ? "text" : "blank";
    const column = columnOf(rest);
    if (!this.#inParagraph || HEADING_OR_RULE.test(rest)) this.#list = Math.min(this.#list, column);
    if (column >= this.#list + 4) return this.#inParagraph ? "text" : "code";

    const item = enterItems(rest);
    if (item.entered) this.#list = item.column;
    this.#fence = readFence(item.content, quotes, {
      column: item.entered ? item.column : Math.min(this.#list, column),
      indent: item.entered ? item.column : column,
    });
    if (this.#fence !== null) return "code";
    if (item.content.startsWith("<!--")) {
      this.#inComment = !item.content.includes("-->");
      return "comment";
    }
    return "text";
  }
}

/** The column (from 0) of the first character that is no space; tabs go to multiples of four. */
export function columnOf(line: string): number {
  let column = 0;
  for (const character of line) {
    if (character === " ") column += 1;
    else if (character === "\t") column += 4 - (column % 4);
    else break;
  }
  return column;
}

/** Takes up to `most` block quote marks off a line. */
export function stripQuotes(line: string, most: number): { quotes: number; rest: string } {
  const marker = / {0,3}> ?/y;
  let quotes = 0;
  let position = 0;
  while (quotes < most && marker.test(line)) {
    quotes += 1;
    position = marker.lastIndex;
  }
  return { quotes, rest: line.slice(position) };
}

function enterItems(line: string): { entered: boolean; column: number; content: string } {
  let column = columnOf(line);
  let position = line.search(/[^ \t]/);
  let entered = false;
  LIST_MARKER.lastIndex = position;
  while (LIST_MARKER.test(line)) {
    const end = LIST_MARKER.lastIndex;
    const spaces = leadingRun(line, " ", end) || 1;
    column += end - position + (spaces > 4 ? 1 : spaces);
    entered = true;
    // Five spaces or more: the item's content is indented code, and no further marker counts.
    if (spaces > 4) return { entered, column, content: "" };
    position = end + spaces;
    LIST_MARKER.lastIndex = position;
  }
  return { entered, column, content: line.slice(position).trim() };
}

function readFence(content: string, quotes: number, at: Pick<Fence, "column" | "indent">): Fence | null {
  const marker = content.charAt(0);
  if (marker !== "`" && marker !== "~") return null;
  const length = leadingRun(content, marker);
  const isFence = length >= 3 && (marker === "~" || !content.includes("`", length));
  return isFence ? { marker, length, quotes, ...at, info: content.slice(length).trim() } : null;
}

function leadingRun(text: string, character: string, from = 0): number {
  let end = from;
  while (text[end] === character) end += 1;
  return end - from;
}
