import { type Field, fieldOfTitle, readAnswer, readField } from "./fields.ts";
import { endOfSection, isRule, readHeading } from "./headings.ts";
import type { Line } from "./scan.ts";

/** A heading that names a field, and its value. */
export interface FieldSection {
  field: Field;
  /** Index of the line after it. */
  end: number;
}

/**
 * Reads the section that begins at the index as GitHub's issue forms write their answers: the field's name as the heading, the value
 * as its only line. `null` where it says anything else.
 */
export function readFieldSection(lines: readonly Line[], index: number): FieldSection | null {
  const heading = readHeading(lines, index);
  const name = heading === null ? null : fieldOfTitle(heading.title);
  if (heading === null || name === null) return null;
  const end = endOfSection(lines, heading);
  const [value, ...more] = lines.slice(heading.next, end).filter(saysSomething);
  if (value?.kind !== "text" || more.length > 0) return null;
  if (readField(value) !== null || readHeading([value], 0) !== null) return null;
  return { field: { name, value: readAnswer(value.text), line: value.number, isListed: false }, end };
}

function saysSomething({ kind, text }: Line): boolean {
  return kind !== "blank" && kind !== "comment" && !isRule(text);
}
