/** The shapes of names that come from outside: what fits is safe in a branch name, a URL and a commit trailer. */

const TASK_ID = /^[A-Za-z0-9._:-]{1,128}$/;
// Owners may hold "_": those of enterprise-managed users do (`name_company`).
const REPOSITORY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** One word of printable ASCII, at most 255 characters: a UUID, a `traceparent`, an alert's own id. */
export const TRACE_ID = /^[\x21-\x7e]{1,255}$/;

/** The contract's charset of task ids: `[A-Za-z0-9._:-]{1,128}`. */
export function isTaskId(text: string): boolean {
  return TASK_ID.test(text);
}

/** `owner/name`, with the characters that GitHub allows in them. */
export function isRepositoryName(text: string): boolean {
  return REPOSITORY_NAME.test(text);
}
