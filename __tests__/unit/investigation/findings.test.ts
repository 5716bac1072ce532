import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { parseFindings } from "../../../src/investigation/findings.ts";
import { someFindings } from "../../builders/report.ts";

const json = (change: Record<string, unknown>) => JSON.stringify(someFindings(change));

describe("the report of a command", () => {
  test("is read whole, without what nobody asked for", () => {
    expect(parseFindings(json({ more: 1 }))).toEqual(someFindings());
  });

  test.each<[string, string | TaskFailure | null, string]>([
    ["is missing", null, "The command wrote nothing to `AGENT_REPORT_FILE`."],
    ["is no JSON", "{", "`AGENT_REPORT_FILE` does not hold JSON."],
    ["is no object", "[]", "The content of `AGENT_REPORT_FILE` does not fit: "],
    ["could not be read", new TaskFailure("invalid-result", "It is a link."), "It is a link."],
    ["lacks a field", json({ status: undefined }), "Field `status` of `AGENT_REPORT_FILE` does not fit: "],
    ["is too sure", json({ confidence: 1.7 }), "Field `confidence` "],
    ["is less than unsure", json({ confidence: -0.1 }), "Field `confidence` "],
    ["knows another risk", json({ risk_level: "none" }), "Field `risk_level` "],
    ["lists no texts", json({ issues_found: ["a", 1] }), "Field `issues_found.1` "],
    ["recommends a sentence", json({ recommendation: "restart it; now" }), "Field `recommendation` "],
    ["says too much", json({ analysis: "x".repeat(60_001) }), "Field `analysis` "],
    ["is unsure whether it is safe", json({ safe_to_proceed: "yes" }), "Field `safe_to_proceed` "],
  ])("that %s is refused by name", (_what, content, problem) => {
    expect(() => parseFindings(content)).toThrow(
      expect.objectContaining({ code: "invalid-report", detail: expect.stringContaining(problem) }),
    );
  });
});
