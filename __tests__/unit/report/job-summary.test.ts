import { describe, expect, test } from "@jest/globals";
import { renderJobSummary } from "../../../src/report/job-summary.ts";
import { aFailedOutcome, aReport, stageTimes } from "../../builders/task.ts";

describe("the job summary", () => {
  test("holds the result, its facts, the stages and the changes", () => {
    const stat = { files: 1, insertions: 1, deletions: 0, text: " src/auth.ts | 1 +\n" };
    expect(renderJobSummary(aReport({ stat }), null)).toMatchInlineSnapshot(`
"## ✅ Pull request opened: [your-org/your-project#42](https://github.com/your-org/your-project/pull/42)

Branch \`agent-task-7-18d02a54\`, commit \`333333333333\`.

|  |  |
| --- | --- |
| Task | \`550e8400-e29b-41d4-a716-446655440000\` |
| Issue | [your-org/dispatch#7](https://github.com/your-org/dispatch/issues/7) |
| Target | \`your-org/your-project\` |
| Branch | \`agent-task-7-18d02a54\` |
| Commit | \`3333333333333333333333333333333333333333\` |
| Pull request | [your-org/your-project#42](https://github.com/your-org/your-project/pull/42) |
| Attempt | 1 |
| Duration | 6.0 s |

- [x] Permission · 1.0 s
- [x] Checkout · 1.0 s
- [x] Processing step · 1.0 s
- [x] Limits · 1.0 s
- [x] Push · 1.0 s
- [x] Pull request · 1.0 s

### Changes

\`\`\`text
 src/auth.ts | 1 +
\`\`\`

[Run and log](https://github.com/your-org/dispatch/actions/runs/4711)"
`);
  });

  test("leaves out the facts that did not come to be", () => {
    const report = aReport({
      outcome: aFailedOutcome({ code: "issue-not-found", step: "authorise" }),
      task: null,
      issue: null,
      stages: stageTimes("authorise"),
    });
    const rows = renderJobSummary(report, null)
      .split("\n")
      .filter((line) => line.startsWith("|"));
    expect(rows).toEqual(["|  |  |", "| --- | --- |", "| Attempt | 1 |", "| Duration | 1.0 s |"]);
  });

  test("shows what a dry run would have written, letter by letter", () => {
    const summary = renderJobSummary(aReport(), [
      { what: "Push the branch", text: "+a ``` b\u202e", format: "diff" },
      { what: "Create the pull request", text: "Fixes #7", format: "markdown" },
    ]);
    expect(
      summary.slice(summary.indexOf("### Dry run"), summary.indexOf("[Run and log]")),
    ).toMatchInlineSnapshot(`
"### Dry run: nothing was written

#### Push the branch

\`\`\`\`diff
+a \`\`\` b\\u{202e}
\`\`\`\`

#### Create the pull request

\`\`\`markdown
Fixes #7
\`\`\`

"
`);
  });

  test("cuts a long patch", () => {
    const summary = renderJobSummary(aReport(), [
      { what: "Push the branch", text: "+a\n".repeat(100_000), format: "diff" },
    ]);
    expect(summary.length).toBeLessThan(70_000);
    expect(summary).toContain("… (cut here)\n```");
  });
});
