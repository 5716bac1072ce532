import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { parseTask } from "../../src/parse-task.ts";
import type { Issue } from "../../src/task.ts";
import { aBackendBody, anIssue, METADATA } from "../builders/issue.ts";

function refusal(body: string, change: Partial<Issue> = {}): string {
  try {
    parseTask(anIssue({ title: "The title", ...change, body }), { requireMetadata: false });
  } catch (error) {
    if (error instanceof TaskFailure && error.code === "invalid-task") return error.detail;
    throw error;
  }
  throw new Error("The body was not refused.");
}

describe("refused, naming the field", () => {
  const meta = (json: string) => `\n\n<!-- agent_task_metadata ${json} -->`;

  test.each([
    [
      "JSON that does not parse",
      meta('{"task_id": "t",}'),
      "`agent_task_metadata` (line 3 of the issue): its JSON",
    ],
    ["no JSON", meta(""), "its JSON does not parse"],
    ["a JSON list", meta('["task_id"]'), "must hold one JSON object"],
    ["text after the JSON", meta('{"task_id": "t"} {}'), "its JSON does not parse"],
    ["JSON that is too deep", meta(`{"x": ${"[".repeat(99)}${"]".repeat(99)}}`), "nested deeper than 64"],
    ["a comment that is not ended", '<!-- agent_task_metadata {"task_id": "t"}', "is not ended by `-->`"],
    ["a comment that only its JSON ends", '<!-- agent_task_metadata {"x": "-->', "its JSON does not parse"],
    [
      "a task id that is a number",
      meta('{"task_id": 7}'),
      "`task_id` (line 3 of the issue): in the metadata comment it must be a string",
    ],
    ["a task id with a space", meta('{"task_id": "a b"}'), "`task_id`"],
    ["an empty task id", meta('{"task_id": ""}'), "`task_id`"],
    ["a task id of 129 characters", meta(`{"task_id": "${"a".repeat(129)}"}`), "1 to 128 characters"],
    ["a task id with a line end", meta('{"task_id": "a\\n"}'), "`task_id`"],
    [
      "no task id",
      meta('{"user_id": "u"}'),
      "`task_id` (line 3 of the issue): the metadata comment has none",
    ],
    [
      "a line's task id",
      "task_id: `a/b`\n\nDo it",
      "`task_id` (line 1 of the issue): `a/b` must be 1 to 128",
    ],
    ["a user id that is a number", meta('{"task_id": "t", "user_id": 7}'), "`user_id`"],
    ["a repository without an owner", meta('{"task_id": "t", "target_repo": "repo"}'), "`target_repo`"],
    ["an empty repository", meta('{"task_id": "t", "target_repo": ""}'), '`owner/name`, not `""`'],
    [
      "a repository's URL",
      `Target Repository: https://github.com/a/b\n${METADATA}`,
      "`Target Repository` (line 1",
    ],
    ["a repository of dots", `Target Repository: a/..\n${METADATA}`, "`Target Repository`"],
    [
      "a target's repository",
      `Target: pr \`a/b/c#1\`\n${METADATA}`,
      "`Target` (line 1 of the issue): `a/b/c",
    ],
    ["a target's number", `Target: pr \`a/b#0\`\n${METADATA}`, "`Target`"],
    [
      "two targets",
      `Target Repository: a/b\nTarget Repository: c/d\n${METADATA}`,
      "`c/d` here and `a/b` on line 1",
    ],
    ["an empty JSON instruction", meta('{"task_id": "t", "instruction": " \\n"}'), "`instruction`"],
    ["an empty section", `## Instruction\n\n${METADATA}`, "`instruction`: it is empty"],
    [
      "an instruction of invisible characters",
      `## Instruction\n\u200B\u2060\n${METADATA}`,
      "`instruction`: it is empty",
    ],
    [
      "a line after a comment of several",
      `${METADATA.replaceAll(" ", "\n")}\nTarget Repository: a`,
      "(line 6",
    ],
    [
      "two comments of one line with backticks in them",
      [meta('{"task_id": "t-1", "x": "`"}'), meta('{"task_id": "t-2", "x": "`"}').trim()].join(" "),
      "another metadata comment with different content on line 3",
    ],
    [
      "two comments that differ",
      `${METADATA}\n\n<!-- agent_task_metadata {"task_id": "t-2"} -->`,
      "(line 3 of the issue)",
    ],
  ])("%s", (_name, body, expected) => {
    expect(refusal(body)).toContain(expected);
  });

  test("an issue without any text", () => {
    expect(refusal("", { title: " " })).toContain("`instruction`");
  });

  test("a second, different metadata comment in a backend's instruction", () => {
    expect(refusal(aBackendBody({ instruction: METADATA }))).toContain(
      "another metadata comment with different content",
    );
  });

  test("shows a little of the outside text, with nothing in it that acts", () => {
    const detail = refusal(`Target Repository: @all <!-- x --> fixes #7 ${"y".repeat(99)}\n${METADATA}`);
    expect(detail).toMatch(/`@.all <.!-- x --> fixes #.7 y+…` must be `owner\/name`\.$/u);
    expect(detail.length).toBeLessThan(150);
  });
});
