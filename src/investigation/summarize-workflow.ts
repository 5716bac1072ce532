import { asFailure } from "../failure.ts";
import { type InputTable, input, optionalText, type ValuesOf } from "../input-kinds.ts";
import type { Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import type { FoundFile } from "./found-files.ts";
import { type Handover, jsonFile, textFile } from "./handover.ts";
import { readJobs } from "./jobs.ts";
import { headlineOf, renderSummary } from "./render-summary.ts";
import { LONGEST_REPORT } from "./report.ts";
import { summarizeRun } from "./summary.ts";

const FILE = "the path of a file";

/** Every input of the summarizing action; `summarize/action.yml` names the same, with the same defaults. */
export const SUMMARIZE_INPUTS = {
  results: input("", optionalText, "what the expression `toJSON(needs)` gives"),
  "report-file": input("", optionalText, FILE),
  "action-result-file": input("", optionalText, FILE),
  resource: input("", optionalText, "the name of what was looked at"),
  "trigger-source": input("", optionalText, "what asked for the run"),
  "trace-id": input("", optionalText, "the id of the run's trace"),
} satisfies InputTable;

/** Says how a run's jobs ended. What is missing is told, and fails nothing; throws `invalid-input` for results that are none. */
export async function summarizeWorkflow(
  { artifacts, clock }: { artifacts: Pick<Ports["artifacts"], "read">; clock: Pick<Ports["clock"], "now"> },
  inputs: ValuesOf<typeof SUMMARIZE_INPUTS>,
  { run, eventName }: { run: Run; eventName: string },
): Promise<Handover> {
  const jobs = readJobs(inputs.results ?? "");
  const read = async (path: string | null): Promise<FoundFile> =>
    path === null ? null : await artifacts.read(path, LONGEST_REPORT).catch(asFailure);
  const { resource, triggerSource, traceId } = inputs;
  const summary = summarizeRun({
    ...{ run, eventName, now: clock.now(), jobs, resource, triggerSource, traceId },
    report: await read(inputs.reportFile),
    actionResult: await read(inputs.actionResultFile),
  });
  const markdown = renderSummary(summary, jobs.investigate.output("summary"));
  return {
    lines: [headlineOf(summary)],
    outputs: {},
    files: [
      jsonFile("summary-file", "workflow-summary.json", summary),
      textFile("markdown-file", "workflow-summary.md", markdown),
    ],
    summary: markdown,
    failures: [],
  };
}
