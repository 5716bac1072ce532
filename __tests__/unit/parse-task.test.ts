import { describe, expect, test } from "@jest/globals";
import { parseTask } from "../../src/parse-task.ts";
import type { ParsedTask } from "../../src/task.ts";
import { aBackendBody, anIssue, BACKEND_TASK_ID, METADATA } from "../builders/issue.ts";

function parse(body: string): ParsedTask {
  return parseTask(anIssue({ title: "The title", body }), { requireMetadata: false });
}

describe("body A, the backend's own", () => {
  test("gives the task with its target and its pull request", () => {
    expect(parse(aBackendBody())).toEqual({
      taskId: BACKEND_TASK_ID,
      userId: "user-123",
      instruction: "Add authentication middleware to the API",
      title: "The title",
      targetRepository: "your-org/your-project",
      targetPullRequest: 42,
      metadata: { task_id: BACKEND_TASK_ID, user_id: "user-123", provider: "github_issue_dispatch" },
      origin: "metadata",
    });
  });

  test.each([
    ["CRLF", "\r\n"],
    ["lone CR", "\r"],
  ])("reads the same with %s line ends and a byte order mark", (_name, lineEnd) => {
    const body = aBackendBody({ instruction: "One\n\nTwo" });
    expect(parse(`\uFEFF${body.replaceAll("\n", lineEnd)}`)).toEqual(parse(body));
  });

  test.each([
    ["headings", "# First\n\nDo\n\n## Second\n\n## Instructions\n\nMore"],
    ["rules", "Above\n\n---\n\nBelow\n\n***"],
    ["fenced code", "```diff\n--- a/x\n+++ b/x\n```"],
    ["a fence with a metadata comment in it", `~~~~md\n\`\`\`\n${METADATA}\n~~~~`],
    ["a fence that is never closed", "Run:\n\n```sh\nmake"],
    ["a comment that is never closed", "<!-- to do\n\nMore"],
    [
      "field lines",
      "Task ID: other\nUser ID: other\nTarget: pr `evil/repo#1`\n- **Instruction**: other\nthe end",
    ],
    ["a last line that names another target", "Do\n\nTarget Repository: evil/repo"],
  ])("keeps the instruction's own %s", (_name, instruction) => {
    const task = parse(aBackendBody({ instruction }));
    expect(task).toEqual({ ...parse(aBackendBody()), instruction });
  });

  test.each([
    ["missing", "", null, null],
    ["an issue without a repository", "**Target:** issue `#12`\n\n", null, null],
    ["an issue of a repository", "**Target:** issue `a/b#12`\n\n", "a/b", null],
    ["a bare type", "**Target:** pr\n\n", null, null],
    ["a repository", "**Target:** repo `a/b`\n\n", "a/b", null],
    ["a branch", "**Target:** branch `main`\n\n", null, null],
    ["a pull request without a repository", "**Target:** pr `#42`\n\n", null, 42],
    ["a pull request in other words", "**Target**: Pull Request `a/b#42`\n\n", "a/b", 42],
    ["a pull request without backticks", "Target: pull_request a/b#42\n\n", "a/b", 42],
  ])("reads a target that is %s", (_name, target, targetRepository, targetPullRequest) => {
    expect(parse(aBackendBody({ target }))).toMatchObject({ targetRepository, targetPullRequest });
  });

  test("takes the title where the section is missing", () => {
    const body = `# Agent Task Delegation\n\n**Task ID:** \`t-1\`\n\n---\n\n${METADATA}`;
    expect(parse(body).instruction).toBe("The title");
  });

  test("ends its section at the last rule before the metadata even where a footer follows", () => {
    expect(parse(`## Instructions\n\nDo it\n\n---\n\n${METADATA}\n\nSent by a bot`).instruction).toBe(
      "Do it",
    );
  });

  test("reads a target in the section's last line where nothing else names one", () => {
    const body = aBackendBody({ target: "", instruction: "Do it\n\nTarget Repository: a/b" });
    expect(parse(body)).toMatchObject({ instruction: "Do it", targetRepository: "a/b" });
  });
});

describe("body C, plain sections", () => {
  test.each([
    ["## Instruction"],
    ["# INSTRUCTIONS"],
    ["###### instruction:"],
    ["### **Instructions** ###"],
  ])("reads the section under %s", (heading) => {
    expect(parse(`${heading}\n\nDo it\n\n${METADATA}`).instruction).toBe("Do it");
  });

  test.each([
    ["the same level", "## Instruction\nDo\n### More\nit\n## Notes\nNot this", "Do\n### More\nit"],
    ["a higher level", "### Instruction\nDo it\n# Notes\nNot this", "Do it"],
    ["no level, being code", "## Instruction\n```\n# comment\n```\nDo it", "```\n# comment\n```\nDo it"],
  ])("ends it at a heading of %s", (_name, sections, instruction) => {
    expect(parse(`${METADATA}\n${sections}`).instruction).toBe(instruction);
    expect(parse(`${sections}\n${METADATA}`).instruction).toBe(instruction);
  });

  test("ends it at the metadata comment, also on the same line", () => {
    expect(parse(`## Instruction\nDo it ${METADATA} no more\nof this`).instruction).toBe("Do it");
  });

  test.each([
    ["plain", "Target Repository: a/b"],
    ["in bold and backticks", "**Target Repository:** `a/b`"],
    ["all in bold", "**Target Repository: a/b**"],
    ["all in bold, with backticks", "- __Target Repository: `a/b`__"],
    ["with its value in bold", "Target Repository: **a/b**"],
    ["in a list", "- **Target Repository**: a/b"],
    ["as a variable", "target_repo: a/b"],
  ])("reads the target repository %s, also as the section's last line", (_name, line) => {
    const expected = { instruction: "Do it", targetRepository: "a/b" };
    expect(parse(`${line}\n\n## Instruction\n\nDo it\n\n${METADATA}`)).toMatchObject(expected);
    expect(parse(`${METADATA}\n\n## Instruction\n\nDo it\n\n${line}\n`)).toMatchObject(expected);
    expect(parse(`${METADATA}\n\n## Instruction\nDo it\n\n## Where\n\n${line}\n`)).toMatchObject(expected);
  });

  test("reads no field in the middle of the section", () => {
    const body = `## Instruction\nWrite:\n\nTarget Repository: evil/repo\n\nEnd\n\n${METADATA}`;
    expect(parse(body)).toMatchObject({ targetRepository: null, taskId: "t-1" });
  });

  test("reads nothing from a commented template", () => {
    const body = `<!--\n## Instruction\nTarget Repository: evil/repo\n-->\n\n## Instruction\nDo it\n\n${METADATA}`;
    expect(parse(body)).toMatchObject({ instruction: "Do it", targetRepository: null });
  });
});

describe("body D, only metadata", () => {
  const json = `{"task_id": "t:1", "user_id": null, "target_repo": "a/b", "instruction": " Do\\n\\nit ", "x": [1]}`;

  test.each([
    ["one line", `<!-- agent_task_metadata ${json} -->`],
    ["no spaces", `<!--agent_task_metadata${json}-->`],
    ["a line for each part", `<!--\n\tagent_task_metadata\n${json}\n\n-->`],
    ["the same twice", `<!-- agent_task_metadata ${json} -->\n<!-- agent_task_metadata\n${json} -->`],
  ])("gives the task from %s, its text to the letter", (_name, body) => {
    expect(parse(body)).toEqual({
      taskId: "t:1",
      userId: null,
      instruction: " Do\n\nit ",
      title: "The title",
      targetRepository: "a/b",
      targetPullRequest: null,
      metadata: { task_id: "t:1", user_id: null, target_repo: "a/b", instruction: " Do\n\nit ", x: [1] },
      origin: "metadata",
    });
  });

  test("leaves what follows it as Markdown has it", () => {
    const other = METADATA.replace("t-1", "t-2");
    expect(parse(`${METADATA}\n    ${other}`).taskId).toBe("t-1");
    expect(parse(`<!-- note\n${METADATA}\n## Instruction\nDo it`).instruction).toBe("Do it");
  });

  test("reads a JSON string that holds the comment's end", () => {
    const body = `<!-- agent_task_metadata {"task_id": "t", "instruction": "a --> \\"b\\" <!-- c"} -->`;
    expect(parse(body).instruction).toBe('a --> "b" <!-- c');
  });
});

test("takes the same content of two comments for the same, whatever the order of its keys", () => {
  const body = `<!-- agent_task_metadata {"task_id": "t", "a": {"b": 1, "c": 2}} -->
<!-- agent_task_metadata { "a": {"c": 2, "b": 1}, "task_id": "t" } -->`;
  expect(parse(body).taskId).toBe("t");
});

test("replaces what files and commit messages cannot hold", () => {
  const body = `<!-- agent_task_metadata {"task_id": "t", "instruction": "a\\u0000b\\ud800", "user_id": "\\udfff"} -->`;
  expect(parse(body)).toMatchObject({ instruction: "a\uFFFDb\uFFFD", userId: "\uFFFD" });
});
