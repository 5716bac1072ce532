import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import * as core from "@actions/core";
import { describeTrail } from "../audit/end.ts";
import type { AuditEnd } from "../audit/trail.ts";
import { asFailure, failedOutcome } from "../failure.ts";
import { BREAK } from "../invisible.ts";
import { logLines } from "../log-lines.ts";
import { renderJobSummary } from "../report/job-summary.ts";
import { annotationsOf, headlineOf } from "../report/outcome.ts";
import { outputsOf, resultFileOf, trailFieldsOf, trailOutputsOf } from "../report/outputs.ts";
import type { FinalReport, Rehearsed } from "../report/report.ts";
import type { FileCommands } from "./file-commands.ts";

/** GitHub refuses a longer summary of a step; it ends with a line end. */
const LONGEST_SUMMARY = 1024 * 1024 - 2;

export interface PublishOptions {
  redact(text: string): string;
  temporaryFolder: string;
  files: FileCommands;
  /** `null` for a run that could not even begin. */
  audit: AuditEnd | null;
}

/** Hands the run's end to the workflow: outputs, result file, job summary, and the one annotation of a failure. */
export function publish(
  report: FinalReport,
  rehearsed: readonly Rehearsed[],
  { redact, temporaryFolder, files, audit }: PublishOptions,
): void {
  const { outcome } = report;
  for (const [name, value] of Object.entries({ ...outputsOf(report), ...trailOutputsOf(audit) }))
    files.setOutput(name, redact(value));
  const result = { ...resultFileOf(report), ...trailFieldsOf(audit) };
  files.setOutput("result-file", writeResultFile(result, temporaryFolder, redact));
  const trail = audit && describeTrail(audit);
  const summary = renderJobSummary(report, rehearsed.length > 0 ? rehearsed : null, trail);
  files.addSummary(fitSummary(redact(summary)));
  core.info(redact(oneLine(headlineOf(report))));
  if (trail) core.info(redact(oneLine(trail)));
  const problem = audit?.problem ? [audit.problem] : [];
  const failures = [...annotationsOf(outcome), ...problem, ...files.problems()];
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

function writeResultFile(result: object, folder: string, redact: (text: string) => string): string {
  const path = join(folder, `agent-runner-result-${randomUUID()}.json`);
  writeFileSync(path, redact(`${JSON.stringify(result, null, 2)}\n`), {
    flag: "wx",
    mode: 0o600,
  });
  return path;
}
