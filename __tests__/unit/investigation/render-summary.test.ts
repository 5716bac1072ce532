import { describe, expect, test } from "@jest/globals";
import { headlineOf, renderSummary } from "../../../src/investigation/render-summary.ts";
import { type SummaryFacts, summarizeRun } from "../../../src/investigation/summary.ts";
import {
  anActionResult,
  anIncidentReport,
  bytesOf,
  jobsOf,
  needsOf,
  summaryFacts,
} from "../../builders/workflow-summary.ts";

const REPORT = anIncidentReport();

function render(changes: Partial<SummaryFacts> = {}): string {
  const facts = summaryFacts(changes);
  return renderSummary(summarizeRun(facts), facts.jobs.investigate.output("summary"));
}

describe("the Markdown of a summary", () => {
  test("holds the end, the facts, the jobs, the findings and the changes", () => {
    expect(render()).toMatchInlineSnapshot(`
"## ✅ Done: \`restart_service\` on \`deployment/web\`

|  |  |
| --- | --- |
| Resource | \`deployment/web\` |
| Trigger | \`alert\` |
| Trace | \`INC-42\` |

| Job | Result |  |
| --- | --- | --- |
| investigate | success | \`investigated\` |
| approve | success | approved by \`mona\` |
| act | success | \`success\` |

### Findings

**Findings:** One pod of three leaks memory.

### Changes made

- restarted 3 pods

[Run and log](https://github.com/acme/operations/actions/runs/1001)
"
`);
  });

  test("says what is missing", () => {
    expect(render({ report: null })).toContain(
      "### Missing\n\n- The report is missing. No file was named.\n",
    );
  });

  test("lets nothing from outside act or break out of its place", () => {
    const hostile = "web`|\n\n# Fixes #5 @everyone <!-- agent_task_metadata {} --> ![](https://e.vil/x)";
    const outputs = {
      ...needsOf(REPORT).investigate.outputs,
      summary: `~~~\n${hostile}`,
      "approval-reason": hostile,
      action: hostile,
      "failure-code": hostile,
    };
    const jobs = jobsOf(needsOf(REPORT, { investigate: { outputs } }));
    const details = { ...anActionResult().details, changes_made: [hostile] };
    const text = render({
      ...{ jobs, resource: hostile, traceId: hostile, triggerSource: hostile },
      actionResult: bytesOf(anActionResult({ details })),
    });
    expect(text).not.toMatch(/#5|@everyone|<!--|!\[/);
    expect(text.match(/^## /gm)).toHaveLength(1);
    expect(text).toContain("\n~~~\n\n### Changes made");
    const cells = text.split("\n").filter((line) => line.startsWith("| Resource"));
    expect(cells.map((line) => line.match(/(?<!\\)\|/g)?.length)).toEqual([3]);
  });
});

describe("the headline", () => {
  function headline(changes: Parameters<typeof needsOf>[1], facts: Partial<SummaryFacts> = {}): string {
    return headlineOf(summarizeRun(summaryFacts({ jobs: jobsOf(needsOf(REPORT, changes)), ...facts })));
  }
  const skipped = { result: "skipped", outputs: {} };
  const none = { result: "failure", outputs: {} };
  const acted = (status: "failed" | "skipped" | "denied", result = "success") => ({
    changes: { act: { result, outputs: { "action-status": status } } },
    facts: { actionResult: bytesOf(anActionResult({ status })) },
  });

  test.each([
    ["✅ Done: `restart_service` on `deployment/web`", {}, {}],
    ["❌ The action failed: `restart_service`", acted("failed", "failure").changes, acted("failed").facts],
    ["ℹ️ Nothing was done: `restart_service`", acted("skipped").changes, acted("skipped").facts],
    ["🚫 Denied: `restart_service`", { approve: none, ...acted("denied").changes }, acted("denied").facts],
    ["❌ The investigation failed", { investigate: none, approve: skipped, act: skipped }, {}],
    ["⚠️ Cancelled, or out of time", { act: { result: "cancelled", outputs: {} } }, {}],
    ["🚫 Not approved: `restart_service`", { approve: none, act: skipped }, {}],
    ["❌ The job that acts failed", { act: none }, {}],
    ["❔ Not known whether it was done", { act: { result: "success", outputs: {} } }, {}],
    ["ℹ️ Not done: `restart_service`", { approve: skipped, act: skipped }, {}],
    ["ℹ️ Not investigated", { investigate: skipped, approve: skipped, act: skipped }, {}],
    ["🚫 Denied", { investigate: { outputs: { outcome: "denied" } }, act: skipped }, {}],
    ["ℹ️ Not investigated", { investigate: { outputs: { outcome: "ignored" } }, act: skipped }, {}],
    ["ℹ️ Nothing to do", { investigate: { outputs: { outcome: "investigated" } }, act: skipped }, {}],
  ])("is %s", (expected, changes, facts) => {
    expect(headline(changes, facts).startsWith(expected)).toBe(true);
  });
});
