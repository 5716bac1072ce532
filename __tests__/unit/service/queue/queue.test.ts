import { expect, test } from "@jest/globals";
import { jobId, priorityOf } from "../../../../src/service/queue/queue.ts";

test.each([
  [["copilot-agent", "priority:high"], "high"],
  [["Priority: Low"], "low"],
  [["priority:high", "priority:low"], "high"],
  [["priority:medium"], "normal"],
  [[], "normal"],
])("the labels %j mean the priority %s", (labels, priority) => {
  expect(priorityOf(labels)).toBe(priority);
});

test("one issue has one job id, however its repository is spelled", () => {
  expect(jobId({ repository: "Acme/Tasks", issueNumber: 3 })).toBe(
    jobId({ repository: "acme/tasks", issueNumber: 3 }),
  );
});
