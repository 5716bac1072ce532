import { describe, expect, test } from "@jest/globals";
import { readMarker } from "../../../src/naming.ts";
import { renderStatusComment } from "../../../src/report/status-comment.ts";
import { aFailedOutcome, aReport, stageTimes } from "../../builders/task.ts";

describe("the status comment", () => {
  test("shows what is done, what goes on and what is to come", () => {
    const stages = stageTimes("authorise", "checkout").map((time) =>
      time.stage === "checkout" ? { ...time, endedAt: null } : time,
    );
    expect(renderStatusComment({ ...aReport({ stages }), outcome: null })).toMatchInlineSnapshot(`
"### 🤖 Working on it

- [x] Permission · 1.0 s
- [ ] **Checkout** …
- [ ] Processing step
- [ ] Limits
- [ ] Push
- [ ] Pull request

Task \`550e8400-e29b-41d4-a716-446655440000\` → \`your-org/your-project\` · [Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_runner_status {"task_id": "550e8400-e29b-41d4-a716-446655440000"} -->"
`);
  });

  test("ends with the outcome", () => {
    expect(renderStatusComment(aReport({ attempt: 3 }))).toMatchInlineSnapshot(`
"### 🤖 The run has ended

- [x] Permission · 1.0 s
- [x] Checkout · 1.0 s
- [x] Processing step · 1.0 s
- [x] Limits · 1.0 s
- [x] Push · 1.0 s
- [x] Pull request · 1.0 s

**✅ Pull request opened: [your-org/your-project#42](https://github.com/your-org/your-project/pull/42)**

Task \`550e8400-e29b-41d4-a716-446655440000\` → \`your-org/your-project\` · [Run and log](https://github.com/your-org/dispatch/actions/runs/4711) · attempt 3

<!-- agent_runner_status {"task_id": "550e8400-e29b-41d4-a716-446655440000"} -->"
`);
  });

  test("shows the stage that failed, and those that were never reached", () => {
    const report = aReport({
      outcome: aFailedOutcome(),
      stages: stageTimes("authorise", "checkout", "process"),
    });
    expect(renderStatusComment(report)).toMatchInlineSnapshot(`
"### 🤖 The run has ended

- [x] Permission · 1.0 s
- [x] Checkout · 1.0 s
- [ ] ❌ Processing step · 1.0 s
- [ ] ~~Limits~~
- [ ] ~~Push~~
- [ ] ~~Pull request~~

**❌ The command failed**

Task \`550e8400-e29b-41d4-a716-446655440000\` → \`your-org/your-project\` · [Run and log](https://github.com/your-org/dispatch/actions/runs/4711)

<!-- agent_runner_status {"task_id": "550e8400-e29b-41d4-a716-446655440000"} -->"
`);
  });

  test("crosses out, without blame, what a task with nothing to change did not need", () => {
    const report = aReport({
      outcome: { kind: "no-changes", reason: "", quote: null },
      stages: stageTimes("authorise", "checkout", "process"),
    });
    expect(renderStatusComment(report)).toContain("- [x] Processing step · 1.0 s\n- [ ] ~~Limits~~\n");
  });

  test("is found again by its marker", () => {
    const comment = renderStatusComment(aReport({ taskId: "t-1" }));
    expect(readMarker(comment, "agent_runner_status")).toEqual({ task_id: "t-1" });
  });
});
