import { z } from "zod";
import { canonicalJson } from "../canonical-json.ts";
import { isRepositoryName, isTaskId } from "../identifiers.ts";
import { quote, refuse } from "./refuse.ts";

export const COMMENT_NAME = "agent_task_metadata";
export const TASK_ID_RULE = "must be 1 to 128 characters out of `A-Z a-z 0-9 . _ : -`";
export const REPOSITORY_RULE = "must be `owner/name`";

// Deeper JSON than any backend writes would overflow the stack of whoever serialises it later.
const DEEPEST = 64;

const text = z.string({ error: "must be a string" });
const SCHEMA = z.looseObject({
  task_id: text.refine(isTaskId, TASK_ID_RULE).nullish(),
  user_id: text.nullish(),
  target_repo: text.refine(isRepositoryName, REPOSITORY_RULE).nullish(),
  instruction: text.refine((value) => value.trim() !== "", "must not be empty").nullish(),
});

/** The fields of a metadata comment that mean something to us; `null` counts as missing. */
export type MetadataFields = z.infer<typeof SCHEMA>;

export interface MetadataComment {
  /** Line of the body on which it begins, from 1. */
  line: number;
  /** Offset after its `-->`. */
  end: number;
  fields: MetadataFields;
  /** Its JSON as written, unknown keys included. */
  json: Record<string, unknown>;
}

/** Reads the comment whose content (after its name) begins at `start`; throws `invalid-task` if it is broken. */
export function readMetadataComment(source: string, start: number, line: number): MetadataComment {
  const jsonStart = start + (source.slice(start).match(/^\s*/)?.[0].length ?? 0);
  const jsonEnd = endOfObject(source, jsonStart, line);
  const end = source.indexOf("-->", jsonEnd ?? jsonStart);
  if (end < 0) throw refuse(COMMENT_NAME, "the comment is not ended by `-->`.", line);
  const json = parseObject(source.slice(jsonStart, end), line);

  const checked = SCHEMA.safeParse(json);
  if (checked.success) return { line, end: end + "-->".length, fields: checked.data, json };
  const issue = checked.error.issues[0];
  const field = String(issue?.path[0] ?? COMMENT_NAME);
  throw refuse(field, `in the metadata comment it ${issue?.message}, not ${show(json[field])}.`, line);
}

/** The one comment of several with the same content, `null` of none; throws `invalid-task` where they differ. */
export function onlyComment(comments: readonly MetadataComment[]): MetadataComment | null {
  const [first, ...others] = comments;
  if (first === undefined) return null;
  const content = canonicalJson(first.json);
  const other = others.find((comment) => canonicalJson(comment.json) !== content);
  if (other === undefined) return first;
  throw refuse(
    COMMENT_NAME,
    `there is another metadata comment with different content on line ${first.line}; leave one.`,
    other.line,
  );
}

/** Finds the end of a JSON object, so that `-->` in one of its strings does not end the comment. */
function endOfObject(source: string, start: number, line: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = start; at < source.length; at += 1) {
    const character = source[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth > DEEPEST)
      throw refuse(COMMENT_NAME, `its JSON is nested deeper than ${DEEPEST} levels.`, line);
    if (depth <= 0 && !inString) return depth === 0 && at > start ? at + 1 : null;
  }
  return null;
}

function parseObject(json: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const reason = error instanceof Error ? `: ${quote(error.message)}` : "";
    throw refuse(COMMENT_NAME, `its JSON does not parse${reason}.`, line);
  }
  if (isObject(value)) return value;
  throw refuse(COMMENT_NAME, "it must hold one JSON object.", line);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return quote(JSON.stringify(value) ?? "nothing");
}
