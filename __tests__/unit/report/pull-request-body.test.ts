import { describe, expect, test } from "@jest/globals";
import { type PullRequestBody, renderPullRequestBody } from "../../../src/report/pull-request-body.ts";
import { aRun, aTask, aTaskAtHome } from "../../builders/task.ts";

function aBody(change: Partial<PullRequestBody> = {}): PullRequestBody {
  return { task: aTask(), result: {}, stat: null, notes: [], run: aRun(), ...change };
}

describe("the body of a pull request", () => {
  test("begins with the metadata comment and the line that closes the issue, and quotes the instruction", () => {
    expect(renderPullRequestBody(aBody())).toMatchInlineSnapshot(`
"<!-- agent_task_metadata {"task_id": "550e8400-e29b-41d4-a716-446655440000"} -->

Fixes your-org/dispatch#7

### Instruction

> \`\`\`text
> Add authentication middleware to the API
> \`\`\`

---
🤖 Task \`550e8400-e29b-41d4-a716-446655440000\` of [your-org/dispatch#7](https://github.com/your-org/dispatch/issues/7) · [Run and log](https://github.com/your-org/dispatch/actions/runs/4711)"
`);
  });

  test("holds the summary, the changes, what to know, the usage and where it builds on", () => {
    const { target } = aTaskAtHome();
    const body = renderPullRequestBody({
      task: aTaskAtHome({ attempt: 2, target: { ...target, pullRequest: 41 } }),
      result: {
        summary: "Added **authentication** for @octocat, fixes #9.",
        usage: { model: "big|model", input_tokens: 1234567, output_tokens: 890, cost_usd: 0.125, turns: 12 },
      },
      stat: {
        files: 1,
        insertions: 2,
        deletions: 0,
        text: " fixes #9.ts | 2 ++\n 1 file changed, 2 insertions(+)\n",
      },
      notes: ["**Look closely**: `ci.yml`", "Built upon commits of others"],
      run: aRun(),
    });
    expect(body.replaceAll("\u2060", "·")).toMatchInlineSnapshot(`
"<!-- agent_task_metadata {"task_id": "550e8400-e29b-41d4-a716-446655440000"} -->

Fixes #7

Builds on #41.

Added **authentication** for @·octocat, fixes #·9.

### Changes

\`\`\`text
 fixes #·9.ts | 2 ++
 1 file changed, 2 insertions(+)
\`\`\`

### Notes

- **Look closely**: \`ci.yml\`
- Built upon commits of others

### Usage

| Model | Input tokens | Output tokens | Cost | Turns |
| --- | --- | --- | --- | --- |
| \`big\\|model\` | 1,234,567 | 890 | $0.13 | 12 |

### Instruction

> \`\`\`text
> Add authentication middleware to the API
> \`\`\`

---
🤖 Task \`550e8400-e29b-41d4-a716-446655440000\` of [your-org/dispatch#7](https://github.com/your-org/dispatch/issues/7) · [Run and log](https://github.com/your-org/dispatch/actions/runs/4711) · attempt 2"
`);
  });

  test("leaves the usage out where it says nothing", () => {
    expect(renderPullRequestBody(aBody({ result: { usage: {} } }))).not.toContain("Usage");
  });

  test("counts the notes that are too many", () => {
    const notes = Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(200)}`);
    expect(renderPullRequestBody(aBody({ notes }))).toMatch(/\n- … and \d\d more\n/);
  });
});
