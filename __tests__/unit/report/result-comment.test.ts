import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readMarker } from "../../../src/naming.ts";
import { renderResultComment } from "../../../src/report/result-comment.ts";
import { taskResultOf } from "../../../src/report/task-result.ts";
import type { Outcome } from "../../../src/task.ts";
import { hostileText } from "../../builders/hostile-text.ts";
import { aFailedOutcome, anOutcome, aPullRequest, aReport, stageTimes } from "../../builders/task.ts";

const shown = (outcome: Outcome, change: Parameters<typeof aReport>[0] = {}) =>
  renderResultComment(aReport({ outcome, ...change })).replaceAll("\u2060", "·");

describe("the result comment", () => {
  test("links an opened pull request", () => {
    expect(shown(anOutcome())).toMatchInlineSnapshot(`
"### ✅ Pull request opened: [your-org/your-project#42](https://github.com/your-org/your-project/pull/42)

Branch \`agent-task-7-18d02a54\`, commit \`333333333333\`.

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_task_result {"task_id": "550e8400-e29b-41d4-a716-446655440000", "outcome": "opened", "failure_code": null, "retryable": false, "pull_request_url": "https://github.com/your-org/your-project/pull/42", "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"
`);
  });

  test("tells of an updated draft, of what to know and of the attempt", () => {
    const outcome = anOutcome({
      kind: "updated",
      pullRequest: aPullRequest({ draft: true }),
      notes: ["The labels could not be set; the run's log says why."],
    });
    expect(shown(outcome, { attempt: 2 })).toMatchInlineSnapshot(`
"### ✅ Pull request updated: [your-org/your-project#42](https://github.com/your-org/your-project/pull/42) (a draft)

Branch \`agent-task-7-18d02a54\`, commit \`333333333333\`.

### Notes

- The labels could not be set; the run's log says why.

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711) · attempt 2

<!-- agent_task_result {"task_id": "550e8400-e29b-41d4-a716-446655440000", "outcome": "updated", "failure_code": null, "retryable": false, "pull_request_url": "https://github.com/your-org/your-project/pull/42", "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 2} -->"
`);
  });

  test("names step, error and what to do of a failure, and quotes what somebody else said", () => {
    const outcome = aFailedOutcome({
      quote: "npm ERR! @octocat broke it, fixes #5",
      notes: ["The work is kept."],
    });
    expect(shown(outcome)).toMatchInlineSnapshot(`
"### ❌ The command failed

**Step:** Processing step

**Error:** Its exit status was 1. (\`command-failed\`)

It said:

> \`\`\`text
> npm ERR! @·octocat broke it, fixes #·5
> \`\`\`

**What to do:** Read the end of its output in the run's log; the command is the input \`command\` of the workflow.

### Notes

- The work is kept.

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_task_result {"task_id": "550e8400-e29b-41d4-a716-446655440000", "outcome": "failed", "failure_code": "command-failed", "retryable": true, "pull_request_url": null, "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"
`);
  });

  test("shows a correct example where the issue is no task", () => {
    const outcome = aFailedOutcome({
      code: "invalid-task",
      step: "authorise",
      detail: "`task_id`: it is missing.",
    });
    expect(shown(outcome, { task: null, stages: stageTimes("authorise") })).toMatchInlineSnapshot(`
"### ❌ The issue does not describe a task

**Step:** Permission

**Error:** \`task_id\`: it is missing. (\`invalid-task\`)

**What to do:** Edit the issue as the example shows, then set the label again or comment \`/agent retry\`.

A task that would be understood:

\`\`\`markdown
Target Repository: your-org/your-project

## Instruction

Add authentication middleware to the API

<!-- agent_task_metadata {"task_id": "550e8400-e29b-41d4-a716-446655440000", "user_id": "user-123"} -->
\`\`\`

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_task_result {"task_id": null, "outcome": "failed", "failure_code": "invalid-task", "retryable": false, "pull_request_url": null, "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"
`);
  });

  test("tells why nothing changed, with what the step said", () => {
    const outcome: Outcome = {
      kind: "no-changes",
      reason: "The step changed nothing.",
      quote: "All is well.",
    };
    expect(shown(outcome)).toMatchInlineSnapshot(`
"### ℹ️ Nothing to change

The step changed nothing.

It said:

> \`\`\`text
> All is well.
> \`\`\`

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_task_result {"task_id": "550e8400-e29b-41d4-a716-446655440000", "outcome": "no-changes", "failure_code": null, "retryable": false, "pull_request_url": null, "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"
`);
  });

  test("asks the agent's question, and says how to answer", () => {
    expect(
      shown({ kind: "needs-input", question: "Which of these, @octocat?\n\n- A\n- B" }),
    ).toMatchInlineSnapshot(`
"### ❓ An answer is needed

> Which of these, @·octocat?
> 
> - A
> - B

Edit the issue so that it holds the answer, then comment \`/agent retry\`.

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_task_result {"task_id": "550e8400-e29b-41d4-a716-446655440000", "outcome": "needs-input", "failure_code": null, "retryable": false, "pull_request_url": null, "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"
`);
  });

  test("explains a denial", () => {
    const outcome: Outcome = { kind: "denied", reason: "`mona` has no write permission." };
    expect(shown(outcome, { task: null, stages: [] })).toMatchInlineSnapshot(`
"### ❌ The task is not permitted

**Step:** Permission

**Error:** \`mona\` has no write permission. (\`not-permitted\`)

**What to do:** Ask somebody with write permission to start it, or have the workflow's owner extend the named allow-list.

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_task_result {"task_id": null, "outcome": "denied", "failure_code": "not-permitted", "retryable": false, "pull_request_url": null, "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"
`);
  });

  test("tells at which step a run was cancelled", () => {
    const outcome: Outcome = { kind: "cancelled", reason: "The run received SIGINT." };
    expect(shown(outcome, { stages: stageTimes("authorise", "checkout") })).toMatchInlineSnapshot(`
"### ❌ The run was cancelled

**Step:** Checkout

**Error:** The run received SIGINT. (\`cancelled\`)

**What to do:** Set the label again or comment \`/agent retry\` to run the task once more.

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_task_result {"task_id": "550e8400-e29b-41d4-a716-446655440000", "outcome": "cancelled", "failure_code": "cancelled", "retryable": true, "pull_request_url": null, "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"
`);
  });

  test("ends with a marker that holds exactly the result, and fits, whatever comes from outside", () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(1, 1000), (text, times) => {
        const long = text.repeat(times);
        const outcomes: Outcome[] = [
          aFailedOutcome({ detail: long, quote: long, notes: Array(100).fill(long) }),
          { kind: "needs-input", question: long },
          { kind: "no-changes", reason: long, quote: long },
        ];
        for (const outcome of outcomes) {
          const report = aReport({ outcome });
          const comment = renderResultComment(report);
          expect(readMarker(comment, "agent_task_result")).toEqual(taskResultOf(report));
          expect(comment.match(/<!--/g)).toHaveLength(1);
          expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(65_536);
        }
      }),
      { numRuns: 50 },
    );
  });
});
