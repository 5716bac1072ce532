import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { parseStepResult, stepFiles } from "../../src/step-files.ts";
import type { Task } from "../../src/task.ts";

const TASK: Task = {
  taskId: "550e8400-e29b",
  userId: "user-123",
  instruction: "Add `auth` $(rm -rf /)\n",
  title: "Add auth",
  targetRepository: "your-org/your-project",
  targetPullRequest: 42,
  metadata: { task_id: "550e8400-e29b", provider: "github_issue_dispatch" },
  origin: "metadata",
  issue: { repository: "your-org/dispatch", number: 7, url: "https://github.com/your-org/dispatch/issues/7" },
  target: {
    repository: "Your-Org/your-project",
    cloneUrl: "https://github.com/Your-Org/your-project.git",
    base: "trunk",
    pullRequest: 42,
  },
  branch: "agent-task-7-0a1b2c3d",
  attempt: 2,
};

describe("stepFiles", () => {
  test("gives the task as the JSON of the contract", () => {
    expect(JSON.parse(stepFiles(TASK).files.AGENT_TASK_FILE ?? "")).toEqual({
      task_id: "550e8400-e29b",
      user_id: "user-123",
      instruction: "Add `auth` $(rm -rf /)\n",
      title: "Add auth",
      issue: {
        repository: "your-org/dispatch",
        number: 7,
        url: "https://github.com/your-org/dispatch/issues/7",
      },
      target: { repository: "Your-Org/your-project", base: "trunk", pull_request: 42 },
      attempt: 2,
      metadata: { task_id: "550e8400-e29b", provider: "github_issue_dispatch" },
    });
  });

  test("gives the instruction as a file and as standard input, exactly", () => {
    const { files, input } = stepFiles(TASK);
    expect(files.AGENT_INSTRUCTION_FILE).toBe(TASK.instruction);
    expect(input).toBe(TASK.instruction);
  });

  test("names what shell scripts need in the environment, and no text of the issue", () => {
    expect(stepFiles(TASK)).toMatchObject({ resultVariable: "AGENT_RESULT_FILE" });
    expect(stepFiles(TASK).environment).toEqual({
      AGENT_TASK_ID: "550e8400-e29b",
      AGENT_TARGET_REPOSITORY: "Your-Org/your-project",
      AGENT_ISSUE_NUMBER: "7",
      AGENT_ISSUE_URL: "https://github.com/your-org/dispatch/issues/7",
      AGENT_BASE_REF: "trunk",
      AGENT_ATTEMPT: "2",
    });
  });
});

describe("parseStepResult", () => {
  test("reads every field of the contract", () => {
    const result = {
      status: "changed",
      title: "Add auth",
      summary: "It **works**.",
      commit_message: "feat: add auth",
      question: "Which one?",
      usage: { model: "m", input_tokens: 1200, output_tokens: 34, cost_usd: 0.05, turns: 3 },
      assessment: { risk_level: "medium", confidence: 0.9, issues_found: ["one"], analysis: "Fine." },
    };
    expect(parseStepResult(JSON.stringify(result))).toEqual(result);
  });

  test("nothing is an empty result", () => {
    expect(parseStepResult(null)).toEqual({});
  });

  test("lets unknown keys be, and takes null and blank for absent", () => {
    expect(parseStepResult('{"extra": [1], "title": null, "summary": "  ", "usage": null}')).toEqual({});
  });

  test("cuts long texts on a whole code point and takes NULs out", () => {
    const { title } = parseStepResult(JSON.stringify({ title: `\0${"a".repeat(255)}😀` }));
    expect(title).toBe("a".repeat(255));
  });

  test.each([
    ['{"status": "done"}', "status"],
    ['{"title": 7}', "title"],
    ['{"usage": {"cost_usd": -1}}', "usage.cost_usd"],
    ['{"usage": {"turns": "3"}}', "usage.turns"],
    ['{"assessment": {"confidence": 1.7}}', "assessment.confidence"],
    ['{"assessment": {"risk_level": "none"}}', "assessment.risk_level"],
  ])("refuses %s and names the field", (json, field) => {
    expect(() => parseStepResult(json)).toThrow(`invalid-result: Field \`${field}\``);
  });

  test.each(["", "[]", "null", '"text"', "{", "\u0000"])("refuses what is not a JSON object: %j", (json) => {
    expect(() => parseStepResult(json)).toThrow("invalid-result: ");
  });

  test("does not repeat what is not JSON", () => {
    expect(() => parseStepResult("@everyone look")).not.toThrow("everyone");
  });

  test("throws the failure to read the file as it is", () => {
    const failure = new TaskFailure("invalid-result", "It is a link.");
    expect(() => parseStepResult(failure)).toThrow(failure);
  });
});
