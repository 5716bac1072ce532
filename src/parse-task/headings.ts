import { columnOf, HEADING_OR_RULE, RULE } from "./blocks.ts";
import { fieldOfTitle, readField } from "./fields.ts";
import type { Line } from "./scan.ts";

/** A heading of the text, `## Title` or a line with `===` or `---` right below it. */
export interface Heading {
  level: number;
  /** Without the closing `#`s. */
  title: string;
  /** Index of the line after it. */
  next: number;
}

const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const LIST_OR_QUOTE = /^ {0,3}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|>)/;

/** Whether the line is `---`. */
export function isRule(text: string): boolean {
  return RULE.test(text);
}

/** Whether the text of a paragraph cannot go on with the line. */
export function startsBlock(line: Line): boolean {
  return line.kind !== "text" || LIST_OR_QUOTE.test(line.text) || HEADING_OR_RULE.test(line.text);
}

/** The heading that begins at the index; `null` for any other line, and for a field with a rule below it. */
export function readHeading(lines: readonly Line[], index: number): Heading | null {
  const line = lines[index];
  if (line?.kind !== "text") return null;
  const marks = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line.text);
  if (marks === null) return readUnderlined(lines, index, line);
  const title = line.text.slice(marks[0].length).trim();
  let end = title.length;
  while (title[end - 1] === "#") end -= 1;
  const isClosed = end === 0 || /[ \t]/.test(title.charAt(end - 1));
  return {
    level: marks[1]?.length ?? 0,
    title: isClosed ? title.slice(0, end).trimEnd() : title,
    next: index + 1,
  };
}

/** Whether `## Instruction` or `## Instructions` begins at the index, at any level and in any case. */
export function isInstructionsHeading(lines: readonly Line[], index: number): boolean {
  const heading = readHeading(lines, index);
  return heading !== null && fieldOfTitle(heading.title) === "instruction";
}

/** The index after the heading's section: at the next heading of the same or a higher level, or at the metadata. */
export function endOfSection(lines: readonly Line[], { level, next }: Heading): number {
  for (let index = next; index < lines.length; index += 1) {
    if (lines[index]?.kind === "metadata") return index;
    const other = readHeading(lines, index);
    if (other !== null && other.level <= level) return index;
  }
  return lines.length;
}

/** Only paragraphs of one line: in a longer one the marks are more likely meant as a rule. */
function readUnderlined(lines: readonly Line[], index: number, line: Line): Heading | null {
  const below = lines[index + 1];
  const marks = below?.kind === "text" ? UNDERLINE.exec(below.text) : null;
  if (marks === null || !isParagraph(line) || readField(line) !== null) return null;
  const above = lines[index - 1];
  if (above !== undefined && !endsParagraph(above)) return null;
  return { level: marks[1]?.startsWith("=") ? 1 : 2, title: line.text.trim(), next: index + 2 };
}

// A line that begins with `<` may be HTML, in which marks are text.
function isParagraph(line: Line): boolean {
  const isMark = UNDERLINE.test(line.text) || line.text.trimStart().startsWith("<");
  return !startsBlock(line) && !isMark && columnOf(line.text) < 4;
}

function endsParagraph({ kind, text }: Line): boolean {
  return kind !== "text" || HEADING_OR_RULE.test(text) || UNDERLINE.test(text);
}
