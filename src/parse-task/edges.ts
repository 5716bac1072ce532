import { readFieldSection } from "./field-section.ts";
import { type Field, readField } from "./fields.ts";
import { endOfSection, isInstructionsHeading, readHeading } from "./headings.ts";
import { endOfItem } from "./layout.ts";
import type { Line } from "./scan.ts";

/** The fields that stand before and after a person's prose, and the lines without them. */
export interface Edges {
  fields: Field[];
  rest: Line[];
}

/** A field and the lines that belong to it. */
interface Part {
  field: Field;
  start: number;
  end: number;
  /** An `Instruction:` line. */
  isProse: boolean;
}

/**
 * Takes the block of fields at the very start (headings may stand there too) and at the very end of a body.
 * Lines in between are what the person wrote, whatever they look like.
 */
export function readEdges(lines: readonly Line[]): Edges {
  const parts = findParts(lines);
  const isEdge = (index: number, line: Line) => parts.has(index) || isEmpty(line);
  const topEnd = lines.findIndex((line, index) => !isEdge(index, line) && !isPlainHeading(lines, index));
  const bottomStart = lines.findLastIndex((line, index) => !isEdge(index, line));
  const fields: Field[] = [];
  const rest: Line[] = [];
  for (const [index, line] of lines.entries()) {
    const isInside = topEnd >= 0 && index >= topEnd && index <= bottomStart;
    const part = isInside ? undefined : parts.get(index);
    if (part === undefined || part.isProse) rest.push(line);
    else if (part.start === index) fields.push(part.field);
  }
  return { fields, rest };
}

/** What may be an edge, by the index of each of its lines; a heading inside of an instruction's section names no field. */
function findParts(lines: readonly Line[]): Map<number, Part> {
  const parts = new Map<number, Part>();
  let instructionEnd = 0;
  let index = 0;
  for (let line = lines[index]; line !== undefined; line = lines[index]) {
    const part = readLine(lines, index, line) ?? (index < instructionEnd ? null : readSection(lines, index));
    const heading = readHeading(lines, index);
    if (heading !== null && index >= instructionEnd && isInstructionsHeading(lines, index)) {
      instructionEnd = endOfSection(lines, heading);
    }
    if (part !== null) for (let at = part.start; at < part.end; at += 1) parts.set(at, part);
    index = part?.end ?? index + 1;
  }
  return parts;
}

function readLine(lines: readonly Line[], start: number, line: Line): Part | null {
  const field = readField(line);
  if (field === null || !isUnmistakable(field)) return null;
  const isProse = field.name === "instruction";
  return { field, start, end: isProse ? endOfItem(lines, start) : start + 1, isProse };
}

function readSection(lines: readonly Line[], start: number): Part | null {
  const section = readFieldSection(lines, start);
  if (section === null) return null;
  const { field, end } = section;
  const isUnanswered = field.value === "";
  if (!isUnanswered && (field.name === "instruction" || !isUnmistakable(field))) return null;
  return { field, start, end, isProse: false };
}

/** Whether the line belongs to a heading of another name than the instruction's. */
function isPlainHeading(lines: readonly Line[], index: number): boolean {
  const isUnderline = readHeading(lines, index - 1)?.next === index + 1;
  const start = isUnderline ? index - 1 : index;
  return readHeading(lines, start) !== null && !isInstructionsHeading(lines, start);
}

function isEmpty(line: Line): boolean {
  return line.kind === "blank" || line.kind === "comment";
}

// "Target: the end of May" is how people write; a reference stands in backticks.
function isUnmistakable(field: Field): boolean {
  return field.name !== "target" || field.value.includes("`");
}
