import { isRepositoryName } from "../identifiers.ts";
import { REPOSITORY_RULE } from "./metadata.ts";
import { quote, refuse } from "./refuse.ts";
import type { Line } from "./scan.ts";

export type FieldName = "task_id" | "user_id" | "target_repository" | "target" | "instruction";

/** A line such as `- **Task ID**: abc`, `Target Repository: owner/name` or `task_id: abc`; or `## Task ID` and `abc` below it. */
export interface Field {
  name: FieldName;
  /** Without white space and backticks around it; may be empty. */
  value: string;
  line: number;
  /** Whether it is a list item; other lines go before list items. */
  isListed: boolean;
}

/** What a `Target:` line points at. */
export interface Target {
  repository: string | null;
  pullRequest: number | null;
}

const NAMES = "task[ _-]id|user[ _-]id|target[ _-]repo(?:sitory)?|target|instructions?";
const FIELD = new RegExp(
  String.raw`^[ \t]*(?<item>(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?<open>[*_]{0,2})(?<name>${NAMES})(?<close>[*_]{0,2}[ \t]*:[*_]{0,2})(?<value>.*)$`,
  "is",
);
const FIELD_TITLE = new RegExp(`^[*_]{0,2}(?<name>${NAMES})[*_]{0,2}:?[*_]{0,2}$`, "i");
const FIELD_NAMES: Record<string, FieldName> = {
  task_id: "task_id",
  user_id: "user_id",
  target_repo: "target_repository",
  target_repository: "target_repository",
  target: "target",
  instruction: "instruction",
  instructions: "instruction",
};
const REFERENCE = /^(?<repository>[^#]*)(?:#(?<number>[1-9]\d{0,14}))?$/;
const PULL_REQUEST_TYPES = ["pr", "pull_request", "pull request", "pull-request"];
export const NO_RESPONSE = "_No response_";
const LABELS: Record<FieldName, string> = {
  task_id: "task_id",
  user_id: "user_id",
  target_repository: "Target Repository",
  target: "Target",
  instruction: "instruction",
};

/** Reads a line as a field; `null` for any other text, and for lines of code and comments. */
export function readField(line: Line): Field | null {
  if (line.kind !== "text") return null;
  const groups = FIELD.exec(line.text)?.groups;
  const name = fieldNamed(groups?.name);
  if (name === null) return null;
  const value = withoutBackticks(withoutEmphasis(groups));
  return { name, value, line: line.number, isListed: groups?.item !== undefined };
}

/** The field that a heading names; `null` for any other title. */
export function fieldOfTitle(title: string): FieldName | null {
  return fieldNamed(FIELD_TITLE.exec(title)?.groups?.name);
}

/** The value that stands alone below a heading; GitHub's issue forms write `_No response_` where nothing was filled in. */
export function readAnswer(text: string): string {
  const answer = text.trim();
  return answer === NO_RESPONSE ? "" : withoutBackticks(withoutEmphasis({ value: answer }));
}

function fieldNamed(name = ""): FieldName | null {
  return FIELD_NAMES[name.toLowerCase().replace(/[ -]/, "_")] ?? null;
}

/** The value where the whole line stands in bold (`**Target Repository: a/b**`), or the value does. */
function withoutEmphasis({ open = "", close = "", value = "" }: Record<string, string> = {}): string {
  const text = value.trim();
  const isWholeLine = open !== "" && close.trim() === ":" && text.endsWith(open);
  if (isWholeLine) return text.slice(0, -open.length).trim();
  return /^\*\*([^*]+)\*\*$/.exec(text)?.[1]?.trim() ?? text;
}

/** Finds the one field of that name; empty ones do not count. Throws `invalid-task` where two contradict each other. */
export function pickField(fields: readonly Field[], name: FieldName): Field | null {
  const named = fields.filter((field) => field.name === name && field.value !== "");
  const unlisted = named.filter((field) => !field.isListed);
  const [first, ...others] = unlisted.length > 0 ? unlisted : named;
  if (first === undefined) return null;
  const other = others.find((field) => field.value !== first.value);
  if (other === undefined) return first;
  throw refuse(
    LABELS[name],
    `it says ${quote(other.value)} here and ${quote(first.value)} on line ${first.line}; leave one.`,
    other.line,
  );
}

/** Reads the reference of a `Target:` line, ``type `owner/repo[#n]` ``; a bare type points nowhere. Throws `invalid-task`. */
export function readTargetField(field: Field): Target {
  const { type, reference, isQuoted } = splitTarget(field.value);
  const groups = REFERENCE.exec(reference)?.groups;
  const repository = groups?.repository || null;
  const isReference = groups !== undefined && (repository === null || isRepositoryName(repository));
  if (!isReference) {
    // Words without backticks are a bare type; a quoted name without an owner is a branch or the like.
    if (!isQuoted || !/[/#]/.test(reference)) return { repository: null, pullRequest: null };
    throw refuse(
      LABELS.target,
      `${quote(reference)} ${REPOSITORY_RULE} or \`owner/name#number\`.`,
      field.line,
    );
  }
  const isPullRequest = PULL_REQUEST_TYPES.includes(type.toLowerCase());
  const number = groups.number;
  return { repository, pullRequest: isPullRequest && number !== undefined ? Number(number) : null };
}

function splitTarget(value: string): { type: string; reference: string; isQuoted: boolean } {
  const open = value.indexOf("`");
  if (open >= 0) {
    const close = value.indexOf("`", open + 1);
    const reference = value.slice(open + 1, close < 0 ? undefined : close).trim();
    return { type: value.slice(0, open).trim(), reference, isQuoted: true };
  }
  const space = value.lastIndexOf(" ");
  return {
    type: value.slice(0, Math.max(space, 0)).trim(),
    reference: value.slice(space + 1),
    isQuoted: false,
  };
}

function withoutBackticks(value: string): string {
  const isQuoted = value.length > 1 && value.startsWith("`") && value.indexOf("`", 1) === value.length - 1;
  return isQuoted ? value.slice(1, -1).trim() : value;
}
