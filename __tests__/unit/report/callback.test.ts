import { describe, expect, test } from "@jest/globals";
import { deliveryOf } from "../../../src/report/callback.ts";
import { aFailedOutcome, aReport, aRun } from "../../builders/task.ts";

describe("what a callback is told", () => {
  test("is the JSON of the result comment", () => {
    const { body } = deliveryOf(aReport({ outcome: aFailedOutcome(), attempt: 2 }));
    expect(JSON.parse(body)).toEqual({
      task_id: "550e8400-e29b-41d4-a716-446655440000",
      outcome: "failed",
      failure_code: "command-failed",
      retryable: true,
      pull_request_url: null,
      run_url: "https://github.com/your-org/dispatch/actions/runs/4711",
      attempt: 2,
    });
  });

  test("has an id that is a UUID, and the same whoever tells it", () => {
    const { id } = deliveryOf(aReport());
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(deliveryOf(aReport({ stages: [], task: null, taskId: aReport().taskId })).id).toBe(id);
  });

  test("has another id for another task, attempt or run", () => {
    const run = aRun({ url: "https://github.com/your-org/dispatch/actions/runs/4711/attempts/2" });
    const reports = [aReport(), aReport({ taskId: "t-2" }), aReport({ attempt: 2 }), aReport({ run })];
    expect(new Set(reports.map((report) => deliveryOf(report).id)).size).toBe(4);
  });
});
