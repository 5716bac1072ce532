import { columnOf } from "./blocks.ts";
import { readFieldSection } from "./field-section.ts";
import { type Field, fieldOfTitle, NO_RESPONSE, readField } from "./fields.ts";
import { endOfSection, readHeading, startsBlock } from "./headings.ts";
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
  /** Index of the rule to which a section before it runs, headings and all; `null`: the next heading or the metadata ends it. */
  frame: number | null;
  /** The metadata names the target, so that a framed instruction need not. */
  namesTarget: boolean;
}

/** Reads the lines from top to bottom: whichever begins first, a section or a field, has the lines that belong to it. */
export function readLayout(lines: readonly Line[], options: LayoutOptions): Layout {
  const layout: Layout = { section: null, item: null, fields: [] };
  const sections: Section[] = [];
  let index = 0;
  for (let line = lines[index]; line !== undefined; line = lines[index]) {
    const section = findSection(lines, index, options);
    const named = section === null ? readFieldSection(lines, index) : null;
    const field = named?.field ?? readField(line);
    if (section !== null) {
      sections.push(section);
      index = section.end;
    } else if (named === null && field?.name === "instruction") {
      const end = endOfItem(lines, index);
      layout.item ??= readItem(field, lines.slice(index + 1, end));
      index = end;
    } else {
      if (field !== null) layout.fields.push(field);
      index = named?.end ?? index + 1;
    }
  }
  for (const section of sections) readSection(section, layout, options);
  return layout;
}

interface Section {
  lines: Line[];
  end: number;
  isFramed: boolean;
}

function findSection(lines: readonly Line[], index: number, { frame }: LayoutOptions): Section | null {
  const heading = readHeading(lines, index);
  if (heading === null || fieldOfTitle(heading.title) !== "instruction") return null;
  const isFramed = frame !== null && index < frame;
  const end = isFramed ? frame : endOfSection(lines, heading);
  return { lines: lines.slice(heading.next, end), end, isFramed };
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
  return !startsBlock(line) && readField(line) === null;
}

function readSection({ lines, isFramed }: Section, layout: Layout, { namesTarget }: LayoutOptions): void {
  const lastIndex = lines.findLastIndex((line) => line.text.trim() !== "");
  const last = lines[lastIndex];
  const field = last === undefined ? null : readField(last);
  // A backend's frame has a place of its own for the target: what it names there cannot be changed from inside.
  const isNamedOutside = isFramed && (namesTarget || layout.fields.some(namesRepository));
  const isField = field?.name === "target_repository" && !isNamedOutside;
  if (isField) layout.fields.push(field);
  const text = joinLines(isField ? lines.slice(0, lastIndex) : lines);
  if (text !== NO_RESPONSE) layout.section ??= text;
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
