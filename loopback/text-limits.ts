import { invalid } from "./answer.ts";

const LONGEST_BODY = 65_536;
const LONGEST_TITLE = 256;

/** Refuses a body or title as GitHub does, which counts characters. */
export function checkText(resource: "Issue" | "PullRequest", title: unknown, body: unknown): void {
  if (title !== undefined && String(title).trim() === "") {
    throw invalid({ resource, code: "missing_field", field: "title" });
  }
  if ([...String(title ?? "")].length > LONGEST_TITLE) {
    const message = `title is too long (maximum is ${LONGEST_TITLE} characters)`;
    throw invalid({ resource, code: "custom", field: "title", message });
  }
  if ([...String(body ?? "")].length > LONGEST_BODY) {
    const message = `body is too long (maximum is ${LONGEST_BODY} characters)`;
    throw invalid({ resource, code: "custom", field: "body", message });
  }
}

/** The text of a comment; throws where GitHub would not take it. */
export function checkComment(body: unknown): string {
  const text = String(body ?? "");
  const refuse = (message: string) =>
    invalid({ resource: "IssueComment", code: "unprocessable", field: "data", message });
  if (text.trim() === "") throw refuse("Body cannot be blank");
  if ([...text].length > LONGEST_BODY)
    throw refuse(`Body is too long (maximum is ${LONGEST_BODY} characters)`);
  return text;
}
