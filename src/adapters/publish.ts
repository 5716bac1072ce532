import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@actions/core";
import { FAILURES } from "../failure.ts";
import { logLines } from "../log-lines.ts";
import { renderJobSummary } from "../report/job-summary.ts";
import { headlineOf } from "../report/outcome.ts";
import { outputsOf, resultFileOf } from "../report/outputs.ts";
import type { FinalReport, Rehearsed } from "../report/report.ts";

/** GitHub refuses a longer summary of a step. */
const LONGEST_SUMMARY = 1024 * 1024 - 1;

export interface PublishOptions {
  redact(text: string): string;
  temporaryFolder: string;
  /** `GITHUB_STEP_SUMMARY`; older servers have none. */
  summaryPath: string | undefined;
}

/** Hands the run's end to the workflow: outputs, result file, job summary, and the one annotation of a failure. */
export async function publish(
  report: FinalReport,
  rehearsed: readonly Rehearsed[],
  { redact, temporaryFolder, summaryPath }: PublishOptions,
): Promise<void> {
  const oneLine = (text: string) => redact(logLines(text).join(" "));
  const { outcome } = report;
  for (const [name, value] of Object.entries(outputsOf(report))) core.setOutput(name, redact(value));
  core.setOutput("result-file", writeResultFile(report, temporaryFolder, redact));
  if (summaryPath) {
    const summary = Buffer.from(
      redact(renderJobSummary(report, rehearsed.length > 0 ? rehearsed : null)),
    ).subarray(0, LONGEST_SUMMARY);
    await core.summary.addRaw(summary.toString("utf8"), true).write();
  }
  core.info(oneLine(headlineOf(report)));
  if (outcome.kind === "failed") {
    core.setFailed(
      oneLine(`${FAILURES[outcome.code].title}: ${outcome.detail} ${FAILURES[outcome.code].remedy}`),
    );
  } else if (outcome.kind === "cancelled") {
    core.setFailed(oneLine(`${FAILURES.cancelled.title}: ${outcome.reason}`));
  } else if ("reason" in outcome) {
    core.info(oneLine(outcome.reason));
  }
}

function writeResultFile(report: FinalReport, folder: string, redact: (text: string) => string): string {
  const path = join(folder, `agent-runner-result-${randomUUID()}.json`);
  writeFileSync(path, redact(`${JSON.stringify(resultFileOf(report), null, 2)}\n`), {
    flag: "wx",
    mode: 0o600,
  });
  return path;
}
