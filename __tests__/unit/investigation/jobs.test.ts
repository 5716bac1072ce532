import { describe, expect, test } from "@jest/globals";
import { readJobs } from "../../../src/investigation/jobs.ts";

describe("readJobs", () => {
  test("tells each job's result and outputs, and that an empty output is none", () => {
    const { investigate, approve } = readJobs(
      JSON.stringify({
        investigate: { result: "success", outputs: { action: "restart", "failure-code": " " } },
        approve: { result: "skipped", outputs: {} },
      }),
    );
    expect([investigate.result, investigate.output("action")]).toEqual(["success", "restart"]);
    expect([investigate.output("failure-code"), investigate.output("constructor")]).toEqual([null, null]);
    expect(approve.result).toBe("skipped");
  });

  test("a job that the workflow does not have has no result", () => {
    expect(readJobs('{"build": {"result": "odd"}}').act.result).toBeNull();
  });

  test.each([
    ["", "The input `results` does not fit"],
    ["{", "The input `results` does not fit"],
    ["null", "The input `results` does not fit"],
    ['{"act": {"result": "great"}}', "The field `act.result` of the input `results`"],
    ['{"act": {"result": "success", "outputs": {"a": 1}}}', "The field `act.outputs.a` of the input"],
  ])("refuses %s", (text, message) => {
    expect(() => readJobs(text)).toThrow(`invalid-input: ${message}`);
  });

  test("does not repeat what is not JSON", () => {
    expect(() => readJobs("::error::gotcha")).not.toThrow("gotcha");
  });
});
