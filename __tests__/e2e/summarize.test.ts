import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type ActionEnd, runAction } from "../../loopback/runner.ts";
import { renderReport } from "../../src/investigation/report.ts";
import { anActionResult, anIncidentReport, bytesOf, needsOf } from "../builders/workflow-summary.ts";

jest.setTimeout(60_000);

const SCHEMA = new URL("../../docs/schemas/workflow-summary.schema.json", import.meta.url);
const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")));

const REPORT = anIncidentReport();
const SKIPPED = { result: "skipped", outputs: {} };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "summarize-job-"));
  mkdirSync(join(folder, "kept"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function keep(name: string, content: Uint8Array): string {
  const path = join(folder, "kept", name);
  writeFileSync(path, content);
  return path;
}

/** Runs the bundle as the job `summarize` would; nothing answers at its GitHub, so that a request would fail it. */
function runSummarize(needs: unknown, inputs: Record<string, string> = {}): Promise<ActionEnd> {
  return runAction({
    action: "summarize",
    serverUrl: "http://127.0.0.1:9",
    repository: "acme/operations",
    event: { name: "repository_dispatch", payload: {} },
    inputs: {
      results: JSON.stringify(needs),
      "report-file": join(folder, "kept", "investigation-report.json"),
      "action-result-file": join(folder, "kept", "action-result.json"),
      resource: "deployment/web",
      "trigger-source": "alert",
      "trace-id": "INC-42",
      ...inputs,
    },
    folder,
  });
}

/** The written JSON, which must fit its published schema; the Markdown must be what the run's page shows. */
function summaryOf(end: ActionEnd): Record<string, unknown> {
  expect(end.exitCode).toBe(0);
  const summary = JSON.parse(readFileSync(end.outputs["summary-file"] ?? "", "utf8"));
  expect([validate(summary), validate.errors]).toEqual([true, null]);
  expect(end.summary.trim()).toBe(readFileSync(end.outputs["markdown-file"] ?? "", "utf8").trim());
  return summary;
}

describe("the summarizing action", () => {
  test("tells of a run in which all went well", async () => {
    keep("investigation-report.json", renderReport(REPORT));
    keep("action-result.json", bytesOf(anActionResult()));
    const end = await runSummarize(needsOf(REPORT));
    expect(summaryOf(end)).toMatchObject({
      workflow_run_id: "1001",
      results: { investigate: "success", approve: "success", act: "success" },
      investigation: { status: "degraded", confidence: 0.9 },
      action_result: { status: "success" },
      missing: [],
    });
    expect(end.log).toBe("✅ Done: `restart_service` on `deployment/web`\n");
  });

  test("tells of an investigation that failed before it left anything", async () => {
    const jobs = { investigate: { result: "failure", outputs: {} }, approve: SKIPPED, act: SKIPPED };
    const end = await runSummarize(needsOf(REPORT, jobs));
    expect(summaryOf(end)).toMatchObject({ investigation: null, action_result: null, missing: [] });
    expect(end.log).toContain("❌ The investigation failed");
  });

  test("tells of a rejection", async () => {
    keep("investigation-report.json", renderReport(REPORT));
    keep("action-result.json", bytesOf(anActionResult({ status: "denied" })));
    const act = { result: "success", outputs: { outcome: "denied", "action-status": "denied" } };
    const end = await runSummarize(needsOf(REPORT, { approve: { result: "failure" }, act }));
    expect(summaryOf(end)).toMatchObject({
      results: { approve: "failure" },
      approved_by: null,
      action_result: { status: "denied" },
    });
    expect(end.log).toContain("🚫 Denied");
  });

  test("tells of jobs that were skipped, and of files that are not there", async () => {
    const end = await runSummarize(needsOf(REPORT, { approve: SKIPPED, act: SKIPPED }));
    expect(summaryOf(end)).toMatchObject({
      investigation: { recommendation: "restart_service", analysis: null },
      missing: [expect.stringMatching(/^The report is missing\. The file .*investigation-report\.json/)],
    });
  });

  test("follows no link, and takes no report that was changed", async () => {
    keep("elsewhere.json", renderReport(REPORT));
    symlinkSync(join(folder, "kept", "elsewhere.json"), join(folder, "kept", "investigation-report.json"));
    keep("action-result.json", new Uint8Array(2 * 1024 * 1024));
    const linked = summaryOf(await runSummarize(needsOf(REPORT)));
    expect(linked.missing).toEqual([
      expect.stringContaining("a link"),
      expect.stringContaining("has 2097152 bytes"),
    ]);
    rmSync(join(folder, "kept", "investigation-report.json"));
    keep("investigation-report.json", renderReport({ ...REPORT, safe_to_proceed: false }));
    expect(summaryOf(await runSummarize(needsOf(REPORT))).missing).toContain(
      "The report is left out: it is not the one that `investigate` made.",
    );
  });

  test("lets a resource's name command nothing, in the log, in the outputs and on the page", async () => {
    const hostile =
      "web\n::set-output name=summary-file::/etc/passwd\r::error::x ##[error]y\n@everyone #5 ]|`";
    const needs = needsOf(anIncidentReport({ resource: hostile }), { approve: SKIPPED, act: SKIPPED });
    const end = await runSummarize(needs, { resource: hostile, "trace-id": hostile });
    expect(summaryOf(end)).toMatchObject({ resource: hostile.trim(), trace_id: hostile.trim() });
    expect(end.log).not.toMatch(/^\s*::|##\[/m);
    expect(end.log.trim().split("\n")).toHaveLength(1);
    expect(end.summary).not.toMatch(/@everyone|#5/);
    expect(Object.keys(end.outputs).sort()).toEqual(["markdown-file", "summary-file"]);
  });

  test("fails without results, and says which input", async () => {
    const end = await runSummarize(null);
    expect(end.exitCode).toBe(1);
    expect(end.log).toMatch(/^::error::.*The input `results` does not fit/m);
    expect(end.outputs["summary-file"]).toBeUndefined();
    expect(existsSync(join(folder, "temp"))).toBe(true);
  });
});
