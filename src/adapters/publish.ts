import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import * as core from "@actions/core";
import { asFailure, failedOutcome } from "../failure.ts";
import { BREAK } from "../invisible.ts";
import { logLines } from "../log-lines.ts";
import { renderJobSummary } from "../report/job-summary.ts";
import { annotationsOf, headlineOf } from "../report/outcome.ts";
import { outputsOf, resultFileOf } from "../report/outputs.ts";
import type { FinalReport, Rehearsed } from "../report/report.ts";
import type { FileCommands } from "./file-commands.ts";

/** GitHub refuses a longer summary of a step; it ends with a line end. */
const LONGEST_SUMMARY = 1024 * 1024 - 2;

export interface PublishOptions {
  redact(text: string): string;
  temporaryFolder: string;
  files: FileCommands;
}

/** Hands the run's end to the workflow: outputs, result file, job summary, and the one annotation of a failure. */
export function publish(
  report: FinalReport,
  rehearsed: readonly Rehearsed[],
  { redact, temporaryFolder, files }: PublishOptions,
): void {
  const { outcome } = report;
  for (const [name, value] of Object.entries(outputsOf(report))) files.setOutput(name, redact(value));
  files.setOutput("result-file", writeResultFile(report, temporaryFolder, redact));
  files.addSummary(fitSummary(redact(renderJobSummary(report, rehearsed.length > 0 ? rehearsed : null))));
  core.info(redact(oneLine(headlineOf(report))));
  const failures = [...annotationsOf(outcome), ...files.problems()];
  if (failures.length > 0) setFailed(failures, redact);
  else if ("reason" in outcome) core.info(redact(oneLine(outcome.reason)));
}

/** Fails a run that cannot even report: no run of GitHub Actions, or one whose files cannot be written. */
export function failRun(thrown: unknown, { redact }: Pick<PublishOptions, "redact">): void {
  const failure = asFailure(thrown);
  if (failure.code === "unexpected") core.info(redact(logLines(inspect(failure.cause)).join("\n")));
  setFailed(annotationsOf(failedOutcome(failure, "authorise")), redact);
}

/** The start of a job summary that GitHub takes. */
export function fitSummary(markdown: string): string {
  return Buffer.from(markdown).subarray(0, LONGEST_SUMMARY).toString("utf8");
}

/** Fails the step with one annotation. */
export function setFailed(failures: string[], redact: PublishOptions["redact"]): void {
  core.setFailed(redact(oneLine(failures.join(" "))));
}

/** The log is no page of GitHub's: nothing acts there, and the characters that break it would only be in the way. */
export function oneLine(text: string): string {
  return logLines(text.replaceAll(BREAK, "")).join(" ");
}

function writeResultFile(report: FinalReport, folder: string, redact: (text: string) => string): string {
  const path = join(folder, `agent-runner-result-${randomUUID()}.json`);
  writeFileSync(path, redact(`${JSON.stringify(resultFileOf(report), null, 2)}\n`), {
    flag: "wx",
    mode: 0o600,
  });
  return path;
}
