import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { SUMMARIZE_INPUTS, summarizeWorkflow } from "../../../src/investigation/summarize-workflow.ts";
import { anIncidentReport, needsOf, summaryFacts } from "../../builders/workflow-summary.ts";

const ACTION = parse(readFileSync(new URL("../../../summarize/action.yml", import.meta.url), "utf8"));

describe("the summarizing action", () => {
  test("declares the inputs that the code reads, with the same defaults", () => {
    const declared = Object.entries<{ default: string }>(ACTION.inputs);
    expect(declared.map(([name, { default: fallback }]) => [name, fallback])).toEqual(
      Object.entries(SUMMARIZE_INPUTS).map(([name, { fallback }]) => [name, fallback]),
    );
  });

  test("declares the files that it hands over, and reads none that was not named", async () => {
    const { run, now } = summaryFacts();
    const read = () => Promise.reject(new Error("Nothing is to be read."));
    const given = { resource: null, triggerSource: null, traceId: null, reportFile: null };
    const handover = await summarizeWorkflow(
      { artifacts: { read }, clock: { now: () => now } },
      { ...given, actionResultFile: null, results: JSON.stringify(needsOf(anIncidentReport())) },
      { run, eventName: "schedule" },
    );
    expect(handover.files.map(({ output }) => output)).toEqual(Object.keys(ACTION.outputs));
    expect(handover.failures).toEqual([]);
  });
});
