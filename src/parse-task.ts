import { createHash } from "node:crypto";
import { isRepositoryName, isTaskId } from "./identifiers.ts";
import { type Document, normaliseText, readDocument } from "./parse-task/document.ts";
import { readEdges } from "./parse-task/edges.ts";
import { type Field, pickField, readTargetField } from "./parse-task/fields.ts";
import { joinLines, type Layout, readLayout } from "./parse-task/layout.ts";
import { COMMENT_NAME, type MetadataComment, REPOSITORY_RULE, TASK_ID_RULE } from "./parse-task/metadata.ts";
import { quote, refuse } from "./parse-task/refuse.ts";
import type { Line } from "./parse-task/scan.ts";
import type { Issue, ParsedTask } from "./task.ts";

export { TASK_EXAMPLE, unfiledTaskBody } from "./parse-task/write.ts";

/** The part of an issue that a task is read from; GitHub's `null` for an empty body will do. */
export type IssueText = Pick<Issue, "repository" | "number" | "title"> & { body: string | null };

/** What an issue says, before it is checked; `null` where it does not say. */
interface Reading {
  taskId: Pick<Field, "value" | "line"> | null;
  userId: string | null;
  instruction: string;
  fields: Field[];
}

/**
 * Reads the task that an issue describes, in any of the forms of `docs/correlation.md`; pure, and linear in the body's
 * length. Throws `invalid-task`, its detail naming the field.
 */
export function parseTask(issue: IssueText, options: { requireMetadata: boolean }): ParsedTask {
  const title = normaliseText(issue.title).trim();
  const document = readDocument(issue.body ?? "");
  const { comment } = document;
  if (comment === null && options.requireMetadata) {
    throw refuse(COMMENT_NAME, "the issue has no metadata comment, and `require-metadata` wants one.");
  }
  const reading =
    comment === null ? readWritten(document.lines, title) : readDispatched(document, comment, title);
  const instruction = normaliseText(reading.instruction);
  if (!hasVisibleText(instruction)) throw refuse("instruction", "it is empty: say what is to be done.");
  return {
    ...identify(issue, comment, reading.taskId),
    userId: reading.userId === null ? null : normaliseText(reading.userId),
    instruction,
    title,
    ...resolveTarget(comment?.fields.target_repo ?? null, reading.fields),
    metadata: comment?.json ?? {},
  };
}

/** An issue with metadata: its JSON goes before sections, sections before list items, and the title is the default. */
function readDispatched(document: Document, comment: MetadataComment, title: string): Reading {
  const json = comment.fields;
  const namesTarget = typeof json.target_repo === "string";
  const layout = readLayout(document.lines, { frame: document.frame, namesTarget });
  return {
    taskId: json.task_id ? { value: json.task_id, line: comment.line } : pickField(layout.fields, "task_id"),
    userId: json.user_id || (pickField(layout.fields, "user_id")?.value ?? null),
    instruction: json.instruction ?? instructionOf(layout, title),
    fields: layout.fields,
  };
}

/** An issue without metadata: title and body are the instruction, but for the fields at the body's start and end. */
function readWritten(lines: Line[], title: string): Reading {
  const edges = readEdges(lines);
  const prose = [title, joinLines(edges.rest)].filter((part) => part !== "").join("\n\n");
  const layout = readLayout(edges.rest, { frame: null, namesTarget: false });
  // Around a section stands no instruction, so that fields are read there too; in the middle of prose they are not.
  const fields = layout.section === null ? edges.fields : [...edges.fields, ...layout.fields];
  const taskId = pickField(fields, "task_id");
  const known = taskId === null ? edges.fields : fields;
  return {
    taskId,
    userId: pickField(known, "user_id")?.value ?? null,
    instruction: taskId === null ? prose : instructionOf(layout, prose),
    fields: known,
  };
}

function instructionOf(layout: Layout, otherwise: string): string {
  const isUntold = layout.section === null && layout.item === null;
  return isUntold ? otherwise : layout.section || layout.item || "";
}

function hasVisibleText(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}]/u.test(text);
}

function identify(
  issue: IssueText,
  comment: MetadataComment | null,
  named: Pick<Field, "value" | "line"> | null,
): Pick<ParsedTask, "taskId" | "origin"> {
  if (named === null && comment === null) return { taskId: deriveTaskId(issue), origin: "derived" };
  if (named === null) {
    throw refuse("task_id", "the metadata comment has none, and no line names one.", comment?.line);
  }
  if (!isTaskId(named.value)) throw refuse("task_id", `${quote(named.value)} ${TASK_ID_RULE}.`, named.line);
  return { taskId: named.value, origin: comment === null ? "fields" : "metadata" };
}

/** `target_repo`, then a `Target Repository` line, then the repository of a `Target` line. */
function resolveTarget(
  fromJson: string | null,
  fields: readonly Field[],
): Pick<ParsedTask, "targetRepository" | "targetPullRequest"> {
  const line = fromJson === null ? pickField(fields, "target_repository") : null;
  if (line !== null && !isRepositoryName(line.value)) {
    throw refuse("Target Repository", `${quote(line.value)} ${REPOSITORY_RULE}.`, line.line);
  }
  const named = fromJson ?? line?.value ?? null;
  const targetField = pickField(fields, "target");
  const target = targetField === null ? null : readTargetField(targetField);
  // A pull request of another repository than the target is nothing to build on.
  const isElsewhere =
    named !== null && !!target?.repository && target.repository.toLowerCase() !== named.toLowerCase();
  return {
    targetRepository: named ?? target?.repository ?? null,
    targetPullRequest: isElsewhere ? null : (target?.pullRequest ?? null),
  };
}

/** `<owner>.<repo>.<N>`; where that is too long for a task id, its middle gives way to a hash of the repository. */
function deriveTaskId(issue: IssueText): string {
  const repository = issue.repository.replace("/", ".");
  const number = `.${issue.number}`;
  if (repository.length + number.length <= 128) return repository + number;
  const hash = `.${createHash("sha256").update(issue.repository).digest("hex").slice(0, 16)}`;
  return repository.slice(0, 128 - hash.length - number.length) + hash + number;
}
