import { type Field, readField } from "./fields.ts";
import { endOfItem, isInstructionsHeading, readHeading } from "./layout.ts";
import type { Line } from "./scan.ts";

/** The fields that stand before and after a person's prose, and the lines without them. */
export interface Edges {
  /** All but `Instruction:` lines, which are prose. */
  fields: Field[];
  rest: Line[];
}

/**
 * Takes the block of field lines at the very start (headings may stand there too) and at the very end of a body.
 * Lines in between are what the person wrote, whatever they look like.
 */
export function readEdges(lines: readonly Line[]): Edges {
  const fieldsAt = new Map<number, Field | null>();
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    const field = line === undefined ? null : readField(line);
    if (field === null || !isUnmistakable(field)) continue;
    const end = field.name === "instruction" ? endOfItem(lines, index) : index + 1;
    fieldsAt.set(index, field);
    for (let more = index + 1; more < end; more += 1) fieldsAt.set(more, null);
    index = end - 1;
  }
  const isEdge = (index: number, line: Line) => fieldsAt.has(index) || isEmpty(line);
  const isTop = (index: number, line: Line) =>
    isEdge(index, line) || (readHeading(line) !== null && !isInstructionsHeading(line));

  const topEnd = lines.findIndex((line, index) => !isTop(index, line));
  const bottomStart = lines.findLastIndex((line, index) => !isEdge(index, line));
  const fields: Field[] = [];
  const rest: Line[] = [];
  for (const [index, line] of lines.entries()) {
    const isInside = topEnd >= 0 && index >= topEnd && index <= bottomStart;
    const field = isInside ? null : (fieldsAt.get(index) ?? null);
    if (field !== null && field.name !== "instruction") fields.push(field);
    else rest.push(line);
  }
  return { fields, rest };
}

function isEmpty(line: Line): boolean {
  return line.kind === "blank" || line.kind === "comment";
}

// "Target: the end of May" is how people write; a reference stands in backticks.
function isUnmistakable(field: Field): boolean {
  return field.name !== "target" || field.value.includes("`");
}
