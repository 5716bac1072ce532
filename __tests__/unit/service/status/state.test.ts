import { describe, expect, test } from "@jest/globals";
import { aJob } from "../../../builders/queued-job.ts";
import {
  called,
  ended,
  givenUp,
  type Happening,
  START,
  started,
  stateAfter,
} from "../../../builders/service-events.ts";
import { aFailedOutcome } from "../../../builders/task.ts";

const at = (seconds: number) => START.getTime() + seconds * 1000;
const DAY = 86_400;

describe("what the status page remembers", () => {
  test("is a task with its stage while it runs", () => {
    const job = aJob(7);
    const { running } = stateAfter([1, started(job)], [3, { kind: "stage", job, stage: "process" }]);
    expect(running).toEqual([
      {
        ...{ repository: "your-org/dispatch", number: 7, title: "Task 7", attempt: 1 },
        ...{ runId: "run-7-1", startedAt: at(1), stage: "process", stageAt: at(3) },
      },
    ]);
  });

  test("is its result, newest first, once it has ended", () => {
    const { running, results } = stateAfter(
      [1, started(aJob(7))],
      [2, started(aJob(8))],
      [61, ended(aJob(7))],
      [62, ended(aJob(8), aFailedOutcome({ code: "timeout" }))],
    );
    expect(running).toEqual([]);
    expect(results).toMatchObject([
      { number: 8, outcome: "failed", failure: "timeout", pullRequest: null, tookMs: 60_000 },
      { number: 7, outcome: "opened", failure: null, pullRequest: { number: 42 }, endedAt: at(61) },
    ]);
  });

  test("is, of a failure that nothing follows, that the task rests", () => {
    const [job, other] = [aJob(7, { attempt: 3 }), aJob(8)];
    const { results } = stateAfter(
      [1, started(job)],
      [2, ended(other, aFailedOutcome())],
      [3, ended(job, aFailedOutcome())],
      [4, givenUp(job, aFailedOutcome())],
    );
    expect(results.map(({ number, givenUp }) => [number, givenUp])).toEqual([
      [7, true],
      [8, false],
    ]);
  });

  test.each([
    "ignored",
    "duplicate",
  ] as const)("is nothing of an end that its issue is not told of: %s", (kind) => {
    const end = ended(aJob(7), { kind, reason: "another run is at work on it" });
    const { running, results, hours } = stateAfter([1, started(aJob(7))], [2, end]);
    expect([running, results, hours]).toEqual([[], [], []]);
  });

  test("is how many succeeded and failed in each hour, where those that were called off count for neither", () => {
    const { hours } = stateAfter(
      [10, ended(aJob(1))],
      [20, ended(aJob(2), { kind: "needs-input", question: "Which?" })],
      [30, ended(aJob(3), aFailedOutcome())],
      [40, ended(aJob(4), { kind: "cancelled", reason: "The label was taken off." })],
      [3600, ended(aJob(5))],
    );
    expect(hours).toMatchObject([
      { at: Date.parse("2026-01-02T03:00:00Z"), succeeded: 2, failed: 1 },
      { at: Date.parse("2026-01-02T04:00:00Z"), succeeded: 1, failed: 0 },
    ]);
  });

  test("is how the last poll went, what is left of the rate limit, and which calls failed", () => {
    const limit = { limit: 5000, remaining: 4000, resetAt: at(600) };
    const call = (status: number | null): Happening => [1, called({ status })];
    const state = stateAfter([1, called({ limit })], ...[304, 404, 422, 403, 502, null].map(call), [
      2,
      { kind: "polled", failure: "github-unavailable" },
    ]);
    expect(state).toMatchObject({
      rateLimit: limit,
      hours: [{ calls: 7, failedCalls: 3 }],
      lastPoll: { at: at(2), failure: "github-unavailable" },
    });
  });

  test("is a title as one line that hides nothing and is not long", () => {
    const title = `Add\n  a\u202e thing ${"x".repeat(300)}`;
    const { running } = stateAfter([1, started(aJob(7, { title }))]);
    expect(running[0]?.title).toMatch(/^Add a\\u\{202e\} thing x+…$/);
    expect(running[0]?.title).toHaveLength(140);
  });

  test("does not grow however long the service runs", () => {
    const events = Array.from({ length: 20_000 }, (_, index): Happening[] => {
      const job = aJob(index);
      const second = (index * 3 * DAY) / 20_000;
      return [
        [second, started(job)],
        [second + 1, ended(job)],
        [second + 1, called()],
      ];
    });
    const state = stateAfter(...events.flat());
    expect(state.results).toHaveLength(25);
    expect(state.hours).toHaveLength(24);
    expect(Math.max(...state.hours.map(({ tookMs }) => tookMs.length))).toBe(100);
    expect(JSON.stringify(state).length).toBeLessThan(32_000);
  });
});
