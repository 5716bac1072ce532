import { describe, expect, test } from "@jest/globals";
import { parseTask } from "../../src/parse-task.ts";
import type { ParsedTask } from "../../src/task.ts";
import { anIssue, METADATA } from "../builders/issue.ts";

const LIST_BODY = `- **Task ID**: test-12345678
- **User ID**: user-123
- **Target Repository**: owner/repo
- **Instruction**: Add a README

<!-- agent_task_metadata {"task_id": "test-12345678", "user_id": "user-123", "target_repo": "owner/repo", "instruction": "Add a README"} -->
`;

function parse(body: string): ParsedTask {
  return parseTask(anIssue({ title: "The title", body }), { requireMetadata: false });
}

describe("body B, the setup guide's list", () => {
  const task = {
    taskId: "test-12345678",
    userId: "user-123",
    instruction: "Add a README",
    targetRepository: "owner/repo",
    targetPullRequest: null,
  };

  test("gives the task", () => {
    expect(parse(LIST_BODY)).toMatchObject({ ...task, origin: "metadata" });
  });

  test("gives the task without its comment too", () => {
    const list = LIST_BODY.slice(0, LIST_BODY.indexOf("<!--"));
    expect(parse(list)).toMatchObject({ ...task, origin: "fields", metadata: {} });
    expect(parse(`A task:\n\n${list}`)).toMatchObject({ ...task, origin: "fields" });
  });

  test.each([
    ["indented lines", "* Instruction: One\n  two\n\n    three\n* User ID: me", "One\ntwo\n\n  three"],
    ["a wrapped paragraph", "1. **Instruction:** One\ntwo\n\nthree", "One\ntwo"],
    [
      "indented fields",
      "- Instruction: One\n  Target Repository: evil/repo",
      "One\nTarget Repository: evil/repo",
    ],
    ["lines indented by tabs", "- Instruction:\n\tOne\n\t\ttwo", "One\n\ttwo"],
    ["nothing of another heading", "Instruction: One\n## Notes\nTwo", "One"],
  ])("takes with its instruction %s", (_name, list, instruction) => {
    expect(parse(`${METADATA}\n\n${list}`)).toMatchObject({ instruction, targetRepository: null });
  });
});

describe("plain lines without a comment", () => {
  const lines = "task_id: smoke-test-1A2B3C4D\nuser_id: me\ntarget_repo: a/b\n";
  const task = { taskId: "smoke-test-1A2B3C4D", userId: "me", targetRepository: "a/b", origin: "fields" };

  test.each([
    ["an instruction line", `${lines}instruction: Do it`, "Do it"],
    ["a section after them", `${lines}\n## Instruction\n\nDo it`, "Do it"],
    ["a section before them", `## Instruction\n\nDo it\n\n${lines}`, "Do it"],
    ["a section somewhere", `Hello,\n\n${lines}\nplease:\n\n## Instruction\n\nDo it\n\n## Thanks`, "Do it"],
    ["prose after them", `${lines}\nDo it`, "The title\n\nDo it"],
    [
      "a hint above them",
      `<!-- Fill this in. -->\n${lines}\nDo it`,
      "The title\n\n<!-- Fill this in. -->\n\nDo it",
    ],
    ["a long list item above them", `- Instruction: One\n  two\n\n${lines}\nBye`, "One\ntwo"],
    ["nothing", lines, "The title"],
  ])("name the task together with %s", (_name, body, instruction) => {
    expect(parse(body)).toMatchObject({ ...task, instruction });
    expect(parse(body.replaceAll("\n", "\r\n"))).toMatchObject({ ...task, instruction });
  });
});

test("plain lines are not read at the start of an instruction's section", () => {
  const body = "task_id: t-1\n\n## Instruction\n\nUser ID: is shown twice\n\nRemove one";
  expect(parse(body)).toMatchObject({ userId: null, instruction: "User ID: is shown twice\n\nRemove one" });
});

describe("precedence", () => {
  const list = "- Task ID: list\n- User ID: list\n- Target Repository: list/list\n- Instruction: list";

  test("puts JSON before all", () => {
    const json = `{"task_id": "json", "user_id": "json", "target_repo": "json/json", "instruction": "json"}`;
    const body = `${list}\n\n## Instruction\n\nsection\n\nTarget Repository: x/y\n\n<!-- agent_task_metadata ${json} -->`;
    const expected = { taskId: "json", userId: "json", targetRepository: "json/json", instruction: "json" };
    expect(parse(body)).toMatchObject(expected);
  });

  test("puts sections and lines before list items, and the title last", () => {
    const comment = `<!-- agent_task_metadata {"instruction": null} -->`;
    const body = `${list}\n\nTask ID: line\n\n## Instruction\n\nsection\n\n${comment}`;
    expect(parse(body)).toMatchObject({ taskId: "line", userId: "list", instruction: "section" });
    expect(parse(`${list}\n\n${comment}`)).toMatchObject({ taskId: "list", instruction: "list" });
    expect(parse(METADATA)).toMatchObject({ instruction: "The title" });
  });

  test("lets an unfilled line count as missing", () => {
    const body = `Target Repository:\nUser ID: \`\`\nTarget: pr \`a/b#1\`\n\n${METADATA}`;
    expect(parse(body)).toMatchObject({ userId: null, targetRepository: "a/b" });
  });

  test("takes the list item where the section is empty", () => {
    expect(parse(`${list}\n\n## Instruction\n\n${METADATA}`).instruction).toBe("list");
  });

  test("puts a target repository's line before the target, and drops a pull request of elsewhere", () => {
    const body = `Target: pr \`x/y#42\`\n\n${METADATA}`;
    expect(parse(`Target Repository: a/b\n${body}`)).toMatchObject({
      targetRepository: "a/b",
      targetPullRequest: null,
    });
    expect(parse(`Target Repository: X/y\n${body}`)).toMatchObject({
      targetRepository: "X/y",
      targetPullRequest: 42,
    });
  });

  test("ignores an invalid text that a field of higher rank overrides", () => {
    const comment = `<!-- agent_task_metadata {"task_id": "t", "target_repo": "a/b"} -->`;
    expect(parse(`Task ID: not valid\nTarget Repository: none\n\n${comment}`)).toMatchObject({
      taskId: "t",
      targetRepository: "a/b",
    });
  });
});
