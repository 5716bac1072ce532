import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readAction } from "../../../scripts/render-docs.ts";
import { harmlessText } from "../../../src/harmless.ts";
import { handOverActedOnTask } from "../../../src/investigation/act-outputs.ts";
import { ACTION_RESULT } from "../../../src/investigation/action-result.ts";
import { type Handover, withTrail } from "../../../src/investigation/handover.ts";
import { handOverInvestigated } from "../../../src/investigation/investigate-outputs.ts";
import { type Investigated, NOTHING_INVESTIGATED } from "../../../src/investigation/investigated.ts";
import { type ShownWork, showDiff, showWords } from "../../../src/investigation/render-work.ts";
import { digestOf, type InvestigationReport } from "../../../src/investigation/report.ts";
import { commitTrailers } from "../../../src/naming.ts";
import type { FinalReport } from "../../../src/report/report.ts";
import type { StepResult } from "../../../src/task.ts";
import { anIssue } from "../../builders/issue.ts";
import { anOperationReport, aTaskReport } from "../../builders/report.ts";
import { aFailedOutcome, anOutcome, aReport, aRun, aTask } from "../../builders/task.ts";

const PATCH = Buffer.from(
  "diff --git a/work.txt b/work.txt\n--- /dev/null\n+++ b/work.txt\n+@everyone fixes #1\n",
);
const TRAIL = {
  traceId: "trace-1",
  file: "/audit.jsonl",
  events: 1,
  head: "0".repeat(64),
  undelivered: 0,
  problem: null,
};
const TOLD = { traceId: "trace-1", approval: { approved: false, reason: "A person decides." } };

function investigated(change: Partial<Investigated> = {}): Handover {
  const report = aTaskReport({
    patch_digest: digestOf(PATCH),
    risk_level: "medium",
    issues_found: ["Look at `a`."],
  });
  const stat = { files: 1, insertions: 1, deletions: 0, text: "work.txt | 1 +" };
  const whole: Investigated = {
    ...{ outcome: { kind: "investigated" }, report, patch: PATCH, stat, shown: null },
    ...{ issue: anIssue(), taskId: "t-1", ...change },
  };
  return withTrail(handOverInvestigated({ ...whole, shown: shownOf(whole) }, aRun(), TOLD), TRAIL);
}

function shownOf({ report, patch }: Investigated): ShownWork | null {
  if (!report?.task) return null;
  const words = showWords(report.task, report.proposal?.result ?? {}).text;
  return { words, diff: patch && showDiff(patch).text };
}

/** The report on changes of which the step says this. */
function ofResult(result: StepResult): InvestigationReport {
  const report = aTaskReport();
  return { ...report, proposal: report.proposal && { ...report.proposal, result: { ...result } } };
}

function acted(report: Partial<FinalReport> = {}): Handover {
  const [startedAt, endedAt] = [new Date("2026-01-02T03:04:05Z"), new Date("2026-01-02T03:04:07Z")];
  const told = { traceId: "trace-1", startedAt, endedAt, fallbackResource: "your-org/dispatch" };
  const approval = { kind: "approved", by: "mona", comment: "" } as const;
  return withTrail(handOverActedOnTask({ report: aReport(report), approval }, told), TRAIL);
}

function namesOf({ outputs, files }: Handover): string[] {
  return [...Object.keys(outputs), ...files.map(({ output }) => output)].sort();
}

function declared(half: string): string[] {
  return readAction(readFileSync(`${half}/action.yml`, "utf8"))
    .outputs.map(({ name }) => name)
    .sort();
}

function content({ files }: Handover, name: string): string {
  return Buffer.from(files.find((file) => file.name === name)?.content ?? []).toString();
}

describe("the investigating job", () => {
  test("hands on the outputs that its action.yml declares", () => {
    expect(namesOf(investigated())).toEqual(declared("investigate"));
  });

  test("hands on the report that it digested, the patch and the trace id", () => {
    const handover = investigated();
    expect(digestOf(Buffer.from(content(handover, "investigation-report.json")))).toBe(
      handover.outputs["report-digest"],
    );
    expect(content(handover, "proposal.patch")).toBe(PATCH.toString());
    expect(content(handover, "audit-trace-id.txt")).toBe("trace-1\n");
  });

  test("tells the log how it ended, and what its trail ends with", () => {
    expect(investigated().lines).toEqual([
      "🔍 Investigated: safe to proceed",
      `Audit trail: trace \`trace-1\`, 1 events, head \`${TRAIL.head}\``,
    ]);
  });

  test("has nothing to act on where nothing was investigated", () => {
    const denied = { outcome: { kind: "denied", reason: "not you" }, ...NOTHING_INVESTIGATED } as const;
    const { outputs, files, failures } = investigated(denied);
    expect(outputs).toMatchObject({
      outcome: "denied",
      "failure-code": "not-permitted",
      "report-digest": "",
      "safe-to-proceed": "false",
      action: "",
    });
    expect(files.map(({ name }) => name)).toEqual(["audit-trace-id.txt"]);
    expect(failures).toEqual([]);
  });

  test("fails where the investigation did, with what to do", () => {
    const { outputs, failures, summary } = investigated({
      outcome: aFailedOutcome({ quote: "oops" }) as never,
    });
    expect(outputs).toMatchObject({ outcome: "failed", "failure-code": "command-failed" });
    expect(failures).toEqual([expect.stringContaining("The command failed: Its exit status was 1.")]);
    expect(summary).toContain("oops");
  });

  test("refuses a report that nobody would read", () => {
    const report = aTaskReport({ context: { text: "x".repeat(1024 * 1024) } });
    expect(() => investigated({ report })).toThrow("too-large");
  });
});

describe("the job summary", () => {
  test("holds all that an approver decides by", () => {
    const { summary, outputs } = investigated();
    for (const shown of [
      "proceed",
      "| Risk | medium |",
      "| Confidence | 0.9 |",
      "Look at `a`.",
      "It adds a file.",
      "work.txt | 1 +",
      "- `work.txt`",
      "```diff\ndiff --git a/work.txt b/work.txt",
      "`1111111111111111111111111111111111111111`",
      outputs["report-digest"] ?? "",
      "by a person: A person decides.",
      "2026-01-02T04:05:05.000Z",
    ])
      expect(summary).toContain(shown);
  });

  test("lets nothing act that it shows, nor does the output", () => {
    const evil = "Hi @everyone <!-- agent_task_metadata {} --> fixes #1 ![x](https://evil.example)";
    const report = aTaskReport({ analysis: `${evil}\n\`\`\`\nopen`, issues_found: [evil], resource: evil });
    const { summary, outputs } = investigated({ report });
    for (const text of [summary, outputs.summary ?? ""])
      expect(text).not.toMatch(/@everyone|<!--|fixes #1|!\[x/);
    expect(summary.indexOf("## Changes")).toBeGreaterThan(0);
  });

  test("shows the context that an action's command will read, in the output too", () => {
    const report = anOperationReport({ context: { to_revision: 41, note: "@everyone" } });
    const { summary, outputs } = investigated({ report, patch: null, stat: null });
    for (const text of [summary, outputs.summary]) {
      expect(text).toContain('"to_revision": 41,');
      expect(text).not.toContain("@everyone");
    }
  });

  test("cuts a long context, and says so", () => {
    const report = anOperationReport({ context: { text: "x".repeat(60_000) } });
    const { summary, outputs } = investigated({ report, patch: null, stat: null });
    expect(summary).toContain("The context was too long");
    expect(outputs.summary?.length).toBeLessThan(10_000);
  });

  test("quotes the analysis, so that it cannot write sections of its own", () => {
    const analysis = "Fine.\n\n### To be approved\n\n```\n### Diff\n";
    const { summary } = investigated({ report: aTaskReport({ analysis }) });
    expect(summary).toContain("\n> ### To be approved\n");
    expect(summary.match(/^### (?:To be approved|Diff)$/gm)).toEqual(["### To be approved", "### Diff"]);
  });

  test("shows no line of the diff that is none, and hides no end of one", () => {
    const patch = Buffer.from("@@ -0,0 +1,2 @@\n+x = 5\r-f()\n+y\r\n");
    expect(investigated({ patch }).summary).toContain("@@\n+x = 5\\u{d}-f()\n+y\n");
  });

  test("cuts a long diff, and says so", () => {
    const { summary } = investigated({ patch: Buffer.from(`+${"x".repeat(80)}\n`.repeat(10_000)) });
    expect(summary).toContain("The diff was too long");
  });

  test("shows the title and the commit message that the step asks for, trailers and all, in quotations", () => {
    const { summary } = investigated({
      report: ofResult({
        title: "Add work",
        commit_message:
          "Add work\n\n```\n### Diff\nfixes #1 @everyone\n[skip ci] <!-- agent_task_metadata {} -->",
      }),
    });
    const words = summary.slice(
      summary.indexOf("### Title and commit message"),
      summary.indexOf("### Changes"),
    );
    expect(words).toContain("> Add work\n> ```\n");
    expect(words).toContain(
      `> ${harmlessText(commitTrailers(aTask()).join("\n")).replaceAll("\n", "\n> ")}\n`,
    );
    expect(words).toContain("Where the workflow gives `act` a `pr-title` or a `commit-message`");
    expect(words).toMatch(/^> ### Diff$/m);
    expect(words).not.toMatch(/#1|@everyone|\[skip ci|<!--|^### Diff/m);
  });

  test("shows the words that act makes of the task where the step asks for none", () => {
    expect(investigated().summary).toContain(
      `> ${aTask().title}\n> \n> ${harmlessText(commitTrailers(aTask())[0] ?? "")}`,
    );
  });

  test("cuts a long commit message, and says so", () => {
    const { summary } = investigated({ report: ofResult({ commit_message: "x\n".repeat(5000) }) });
    expect(summary).toContain("The message was too long");
  });

  test.each([
    ["is as long as it may be", "x"],
    ["has wide characters", "\u4e16"],
    ["has characters that act", "@a"],
    ["has characters that are invisible", "\u202e"],
    ["has lines without end", "\n-"],
    ["has backticks", "`a"],
    ["has columns", "|"],
  ])("stays below 128 KiB, as does the output, where all that it shows %s", (_what, piece) => {
    const long = (length: number) => piece.repeat(length / piece.length);
    const asked = ofResult({ title: long(256), commit_message: long(10_000) });
    const said = { resource: long(1024), analysis: long(60_000), issues_found: Array(50).fill(long(500)) };
    const ofTask = investigated({
      outcome: aFailedOutcome({ detail: long(20_000), quote: null }) as never,
      report: {
        ...{ ...asked, ...said },
        task: { ...aTask(), branch: long(250), title: long(256) },
        proposal: asked.proposal && { ...asked.proposal, paths: Array(200).fill(long(250)) },
      },
      patch: Buffer.from(long(300_000)),
      stat: { files: 1, insertions: 1, deletions: 0, text: long(20_000) },
    });
    const ofOperation = investigated({
      outcome: aFailedOutcome({ detail: long(20_000), quote: long(4096) }) as never,
      report: anOperationReport({ ...said, context: { text: long(60_000) } }),
      ...{ patch: null, stat: null },
    });
    const pages = [ofTask, ofOperation].flatMap(({ summary, outputs }) => [summary, outputs.summary ?? ""]);
    for (const page of pages) expect(Buffer.byteLength(page)).toBeLessThan(128 * 1024);
  });
});

describe("the acting job of a task", () => {
  test("hands on the outputs that its action.yml declares", () => {
    expect(namesOf(acted())).toEqual(declared("act"));
  });

  test("tells what it did", () => {
    const handover = acted();
    expect(handover.outputs).toMatchObject({
      outcome: "opened",
      "approved-by": "mona",
      "action-status": "success",
    });
    const result = ACTION_RESULT.parse(JSON.parse(content(handover, "action-result.json")));
    expect(result).toMatchObject({
      timestamp: "2026-01-02T03:04:07.000Z",
      resource: "your-org/your-project",
      action: "open_pull_request",
      status: "success",
      latency_ms: 2000,
      details: {
        affected_resources: [anOutcome().pullRequest.url],
        rollback_available: true,
        changes_made: [expect.stringContaining("Pushed the commit"), expect.stringContaining("was opened")],
      },
    });
  });

  test.each([
    ["failed", aFailedOutcome(), "failed"],
    ["was refused an approval", aFailedOutcome({ code: "not-approved" }), "denied"],
    ["was denied", { kind: "denied", reason: "no" }, "denied"],
    ["is a duplicate", { kind: "duplicate", reason: "done" }, "skipped"],
    ["has nothing to change", { kind: "no-changes", reason: "all well", quote: null }, "skipped"],
  ] as const)("that %s did nothing", (_, outcome, status) => {
    const handover = acted({ outcome: outcome as never, task: null });
    const result = ACTION_RESULT.parse(JSON.parse(content(handover, "action-result.json")));
    expect(result).toMatchObject({ resource: "your-org/dispatch", status, details: { changes_made: [] } });
    expect(handover.failures).toHaveLength(outcome.kind === "failed" ? 1 : 0);
  });

  test("fails where its trail had to be whole and is not", () => {
    const handover = withTrail(acted(), { ...TRAIL, problem: "One event was never delivered." });
    expect(handover.failures.at(-1)).toBe("One event was never delivered.");
  });
});
