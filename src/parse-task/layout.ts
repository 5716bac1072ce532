import { columnOf } from "./blocks.ts";
import { type Field, readField } from "./fields.ts";
import type { Line } from "./scan.ts";

/** What the lines of a body say, with all that is inside an instruction left unread. */
export interface Layout {
  /** Text of the instruction's section; `null` where there is none. */
  section: string | null;
  /** Text of the first `Instruction:` line and what belongs to it; `null` where there is none. */
  item: string | null;
  /** The fields outside of every instruction. */
  fields: Field[];
}

export interface LayoutOptions {
  /** The section runs to the last line, headings and all: a `---` and the metadata comment end it. */
  isFramed: boolean;
  /** The metadata names the target, so that a framed instruction need not. */
  namesTarget: boolean;
}

const INSTRUCTIONS = /^[*_]{0,2}instructions?[*_]{0,2}:?[*_]{0,2}$/i;
const BLOCK_START = /^ {0,3}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|>|-{3,}[ \t]*$|_{3,}[ \t]*$|\*{3,}[ \t]*$)/;
const RULE = /^ {0,3}-{3,}[ \t]*$/;

/** Reads the lines from top to bottom: whichever begins first, a section or a field, has the lines that belong to it. */
export function readLayout(lines: readonly Line[], options: LayoutOptions): Layout {
  const layout: Layout = { section: null, item: null, fields: [] };
  let index = 0;
  for (let line = lines[index]; line !== undefined; line = lines[index]) {
    const field = readField(line);
    const heading = readHeading(line);
    if (heading !== null && INSTRUCTIONS.test(heading.title)) {
      const end = options.isFramed ? lines.length : endOfSection(lines, index, heading.level);
      readSection(lines.slice(index + 1, end), layout, options);
      index = end;
    } else if (field?.name === "instruction") {
      const end = endOfItem(lines, index);
      layout.item ??= readItem(field, lines.slice(index + 1, end));
      index = end;
    } else {
      if (field !== null) layout.fields.push(field);
      index += 1;
    }
  }
  return layout;
}

/** Whether the line is `## Instruction` or `## Instructions`, at any level and in any case. */
export function isInstructionsHeading(line: Line): boolean {
  return INSTRUCTIONS.test(readHeading(line)?.title ?? "");
}

/** Whether the line is `---`. */
export function isRule(text: string): boolean {
  return RULE.test(text);
}

/** An ATX heading of the text; its title is without the closing `#`s. */
export function readHeading(line: Line): { level: number; title: string } | null {
  const marks = line.kind === "text" ? /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line.text) : null;
  if (marks === null) return null;
  const title = line.text.slice(marks[0].length).trim();
  let end = title.length;
  while (title[end - 1] === "#") end -= 1;
  const isClosed = end === 0 || /[ \t]/.test(title.charAt(end - 1));
  return { level: marks[1]?.length ?? 0, title: isClosed ? title.slice(0, end).trimEnd() : title };
}

/** The index after the last line of the `Instruction:` field at `start`: its paragraph, and what is indented under it. */
export function endOfItem(lines: readonly Line[], start: number): number {
  const column = columnOf(lines[start]?.text ?? "");
  let end = start + 1;
  let inParagraph = true;
  for (let index = end; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined || line.kind === "metadata") break;
    if (line.kind === "blank") {
      inParagraph = false;
      continue;
    }
    const isIndented = columnOf(line.text) > column;
    if (!isIndented && !(inParagraph && continuesParagraph(line))) break;
    end = index + 1;
  }
  return end;
}

/** Joins lines to a text, without the blank lines around it. */
export function joinLines(lines: readonly Line[]): string {
  const first = lines.findIndex((line) => line.text.trim() !== "");
  if (first < 0) return "";
  return lines
    .slice(first)
    .map((line) => line.text)
    .join("\n")
    .trimEnd();
}

function continuesParagraph(line: Line): boolean {
  const startsBlock = BLOCK_START.test(line.text) || readHeading(line) !== null || readField(line) !== null;
  return line.kind === "text" && !startsBlock;
}

function endOfSection(lines: readonly Line[], heading: number, level: number): number {
  let last = heading;
  for (let index = heading + 1; index < lines.length; index += 1) {
    const line = lines[index];
    const next = line === undefined ? null : readHeading(line);
    if (next !== null && next.level <= level) return index;
    // A rule that parts the instruction from the metadata belongs to neither.
    if (line?.kind === "metadata") return isRule(lines[last]?.text ?? "") ? last : index;
    if (line?.kind !== "blank") last = index;
  }
  return lines.length;
}

function readSection(lines: Line[], layout: Layout, options: LayoutOptions): void {
  const lastIndex = lines.findLastIndex((line) => line.text.trim() !== "");
  const last = lines[lastIndex];
  const field = last === undefined ? null : readField(last);
  // A backend's frame has a place of its own for the target: what it names there cannot be changed from inside.
  const isNamedOutside = options.isFramed && (options.namesTarget || layout.fields.some(namesRepository));
  const isField = field?.name === "target_repository" && !isNamedOutside;
  if (isField) layout.fields.push(field);
  layout.section ??= joinLines(isField ? lines.slice(0, lastIndex) : lines);
}

function namesRepository(field: Field): boolean {
  return field.name === "target_repository" || (field.name === "target" && field.value.includes("/"));
}

function readItem(field: Field, more: Line[]): string {
  const indents = more.map((line) => line.text.search(/\S/)).filter((indent) => indent >= 0);
  const common = indents.reduce((least, indent) => Math.min(least, indent), Number.POSITIVE_INFINITY);
  const rest = more.map((line) => ({ ...line, text: line.text.slice(common) }));
  return [field.value, joinLines(rest)].filter((part) => part !== "").join("\n");
}
