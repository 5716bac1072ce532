import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { INPUTS } from "../../../src/inputs.ts";
import { parseTask } from "../../../src/parse-task.ts";
import { anIssue } from "../../builders/issue.ts";

const TEMPLATE = readFileSync(
  new URL("../../../.github/ISSUE_TEMPLATE/agent-task.md", import.meta.url),
  "utf8",
);
const [, head = "", body = ""] = TEMPLATE.split(/^---\n/m);
const PROMPT = "What is to be done, and how one sees that it is done.";

function parseFilledIn(fields: (body: string) => string) {
  const filledIn = fields(body).replace(PROMPT, "The login is broken.");
  // GitHub's web form sends CRLF.
  const issue = anIssue({ title: "Mend the login", body: filledIn.replaceAll("\n", "\r\n") });
  return parseTask(issue, { requireMetadata: false });
}

describe("the issue template", () => {
  test("sets the label that makes an issue a task", () => {
    expect(parse(head)).toMatchObject({ labels: INPUTS["trigger-label"].fallback });
  });

  test("gives a task for the dispatch repository where the target is left empty", () => {
    expect(parseFilledIn((text) => text)).toMatchObject({
      targetRepository: null,
      instruction: "Mend the login\n\nThe login is broken.",
    });
  });

  test("gives a task for the repository that is filled in", () => {
    const filledIn = parseFilledIn((text) =>
      text.replace("Target Repository:", "Target Repository: your-org/project"),
    );
    expect(filledIn).toMatchObject({
      targetRepository: "your-org/project",
      instruction: "Mend the login\n\nThe login is broken.",
    });
  });
});
