import { describe, expect, test } from "@jest/globals";
import { parseTask, TASK_EXAMPLE, unfiledTaskBody } from "../../../src/parse-task.ts";
import { anIssue, BACKEND_TASK_ID } from "../../builders/issue.ts";

test("the example that people are shown is a correct body", () => {
  expect(parseTask(anIssue({ body: TASK_EXAMPLE }), { requireMetadata: true })).toMatchObject({
    taskId: BACKEND_TASK_ID,
    userId: "user-123",
    targetRepository: "your-org/your-project",
    instruction: "Add authentication middleware to the API",
  });
});

describe("the body of a task that came without an issue", () => {
  const task = {
    taskId: "t-1",
    userId: "me",
    title: null,
    targetRepository: "a/b",
    instruction: "Do `it` -->\n\n```\nx\n```",
  };

  test("shows people what it is about, in a quotation that it cannot leave", () => {
    expect(unfiledTaskBody(task)).toMatchInlineSnapshot(`
"<!-- agent_task_metadata {"task_id": "t-1", "user_id": "me", "target_repo": "a/b", "instruction": "Do \`it\` \\u002d\\u002d\\u003e\\n\\n\`\`\`\\nx\\n\`\`\`"} -->

- **Task ID**: \`t-1\`
- **Target Repository**: \`a/b\`

> \`\`\`\`text
> Do \`it\` -->
> 
> \`\`\`
> x
> \`\`\`
> \`\`\`\`
"
`);
  });

  test("leaves out the part for people where both would be too long, and fails where one is", () => {
    expect(unfiledTaskBody({ ...task, instruction: "x".repeat(40_000) })).toMatch(/^<!--[^\n]*-->$/);
    expect(() => unfiledTaskBody({ ...task, instruction: "x".repeat(70_000) })).toThrow("too-large");
  });
});
