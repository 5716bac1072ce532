import { describe, expect, test } from "@jest/globals";
import { FAILURE_CODES } from "../../../../src/task.ts";
import { someMetrics } from "../../../builders/metrics.ts";
import { aJob } from "../../../builders/queued-job.ts";
import { called, ended, givenUp, START, started } from "../../../builders/service-events.ts";
import { aFailedOutcome, anOutcome } from "../../../builders/task.ts";

const DURATION = "agent_task_duration_seconds";
const TO_PULL_REQUEST = "agent_task_dispatch_to_pull_request_seconds";
const KINDS = [
  ...["opened", "updated", "no-changes", "needs-input", "duplicate"],
  ...["ignored", "denied", "cancelled", "failed"],
];

describe("what ended", () => {
  test("is counted by its outcome, and by its failure code where it ended badly", async () => {
    const { see, scrape } = someMetrics();
    await see(
      [1, ended(aJob(1))],
      [2, ended(aJob(2), anOutcome({ kind: "updated" }))],
      [3, ended(aJob(3), aFailedOutcome({ code: "timeout" }))],
      [4, ended(aJob(4), aFailedOutcome({ code: "timeout" }))],
      [5, ended(aJob(5), { kind: "denied", reason: "no" })],
      [6, ended(aJob(6), { kind: "cancelled", reason: "stopped" })],
      [7, ended(aJob(7), { kind: "duplicate", reason: "another run is at work on it" })],
    );
    const { counts } = await scrape();
    expect(counts("agent_tasks_processed_total")).toEqual({
      ...{ opened: 1, updated: 1, failed: 2, denied: 1, cancelled: 1, duplicate: 1 },
    });
    expect(counts("agent_task_failures_total")).toEqual({ timeout: 2, "not-permitted": 1, cancelled: 1 });
  });

  test("has its duration among those of its outcome", async () => {
    const { see, scrape } = someMetrics();
    await see(
      [10, started(aJob(1))],
      [20, started(aJob(2))],
      [25, ended(aJob(1))],
      [1820, ended(aJob(2), aFailedOutcome())],
    );
    const { value } = await scrape();
    const bucket = (le: string, status: string) => value(`${DURATION}_bucket`, { le, status });
    expect([bucket("5", "opened"), bucket("15", "opened"), bucket("15", "failed")]).toEqual([0, 1, 0]);
    expect([bucket("1200", "failed"), bucket("1800", "failed")]).toEqual([0, 1]);
    expect(value(`${DURATION}_sum`, { status: "opened" })).toBe(15);
    expect(value(`${DURATION}_sum`, { status: "failed" })).toBe(1800);
  });

  test("with a pull request has the time from the wish to it, not to the report that came after", async () => {
    const { see, scrape } = someMetrics();
    // The last stage of the report's run ends at 03:04:06.
    await see(
      [1, ended(aJob(1, { since: "2026-01-02T03:03:06Z" }))],
      [9, ended(aJob(2, { since: "2026-01-02T02:04:06Z" }), anOutcome({ kind: "updated" }))],
      [9, ended(aJob(3, { since: "2026-01-02T02:04:06Z" }), aFailedOutcome())],
    );
    const { value } = await scrape();
    expect(value(`${TO_PULL_REQUEST}_count`)).toBe(2);
    expect(value(`${TO_PULL_REQUEST}_sum`)).toBe(60 + 3600);
  });

  test("before it was wished for, by another clock, took no time; what does not say when took none that is known", async () => {
    const { see, scrape } = someMetrics();
    await see([1, ended(aJob(1, { since: "2026-01-02T05:00:00Z" }))]);
    await see([1, ended(aJob(2, { since: new Date(0).toISOString() }))]);
    const { value } = await scrape();
    expect(value(`${TO_PULL_REQUEST}_count`)).toBe(1);
    expect(value(`${TO_PULL_REQUEST}_sum`)).toBe(0);
  });

  test("and failed for the last time rests, and is counted as that too", async () => {
    const { see, scrape } = someMetrics();
    const job = aJob(1, { attempt: 3 });
    await see([1, ended(job, aFailedOutcome())], [1, givenUp(job, aFailedOutcome())]);
    const { value, counts } = await scrape();
    expect(value("agent_tasks_given_up_total")).toBe(1);
    expect(counts("agent_tasks_processed_total")).toEqual({ failed: 1 });
  });
});

describe("what could not begin on this machine", () => {
  test("is counted, and neither runs nor has ended", async () => {
    const { see, scrape } = someMetrics();
    await see([1, { kind: "not-begun", job: aJob(1) }], [61, { kind: "not-begun", job: aJob(1) }]);
    const { value, counts } = await scrape();
    expect(value("agent_tasks_not_begun_total")).toBe(2);
    expect([value("agent_tasks_running"), counts("agent_tasks_processed_total")]).toEqual([0, {}]);
  });
});

describe("what goes on", () => {
  test("is how many tasks run, of how many, and how many of them for too long", async () => {
    const { see, scrape, passUntil } = someMetrics({ settings: { timeoutMinutes: 0.5 } });
    await see([0, started(aJob(1))], [100, started(aJob(2))], [101, { kind: "queued", job: aJob(3) }]);
    const look = async () => {
      const { value } = await scrape();
      return ["running", "concurrency", "stuck"].map((name) => value(`agent_tasks_${name}`));
    };
    await passUntil(630);
    expect(await look()).toEqual([2, 2, 0]);
    await passUntil(631);
    expect(await look()).toEqual([2, 2, 1]);
    await see([640, ended(aJob(1))]);
    expect(await look()).toEqual([1, 2, 0]);
  });

  test("is how many tasks wait, by their priority, and for how long the oldest has", async () => {
    const { see, scrape } = someMetrics();
    const since = (seconds: number) => new Date(START.getTime() - seconds * 1000).toISOString();
    await see([60, { kind: "queued", job: aJob(1) }]);
    const { value, counts } = await scrape([
      aJob(1, { priority: "low", since: since(60) }),
      aJob(2, { since: since(3600) }),
      aJob(3, { since: new Date(0).toISOString() }),
    ]);
    expect(counts("agent_tasks_waiting")).toEqual({ normal: 2, low: 1 });
    expect(value("agent_tasks_waiting", { priority: "high" })).toBe(0);
    expect(value("agent_tasks_oldest_pending_age_seconds")).toBe(3660);
    expect(value("agent_tasks_queued_total")).toBe(1);
    const empty = await scrape([]);
    expect([
      empty.counts("agent_tasks_waiting"),
      empty.value("agent_tasks_oldest_pending_age_seconds"),
    ]).toEqual([{}, 0]);
  });

  test("can be told of a very long queue", async () => {
    const { scrape } = someMetrics();
    const { counts } = await scrape(new Array(300_000).fill(aJob(1)));
    expect(counts("agent_tasks_waiting")).toEqual({ normal: 300_000 });
  });
});

describe("polls", () => {
  test("are counted, those that failed by their code, and the last good one has its time", async () => {
    const { see, scrape } = someMetrics();
    expect((await scrape()).value("agent_last_successful_poll_timestamp_seconds")).toBeUndefined();
    await see([30, { kind: "polled", failure: null }], [60, { kind: "polled", failure: "rate-limited" }]);
    const { value, counts } = await scrape();
    expect(value("agent_polls_total")).toBe(2);
    expect(counts("agent_poll_failures_total")).toEqual({ "rate-limited": 1 });
    expect(value("agent_last_successful_poll_timestamp_seconds")).toBe(START.getTime() / 1000 + 30);
  });
});

describe("calls of GitHub's API", () => {
  test("are counted by their status, and by their reason where they were refused or lost", async () => {
    const { observe, scrape } = someMetrics();
    const statuses = [200, 200, 304, 404, 401, 403, 502, 500, null];
    for (const status of statuses) observe(called({ status }));
    for (const status of [403, 429]) observe(called({ status, isLimited: true }));
    const { counts } = await scrape();
    expect(counts("github_api_requests_total")).toEqual({
      ...{ 200: 2, 304: 1, 404: 1, 401: 1, 403: 2, 429: 1, 500: 1, 502: 1, none: 1 },
    });
    expect(counts("github_api_request_failures_total")).toEqual({
      ...{ unauthorized: 1, forbidden: 1, "rate-limited": 2, "server-error": 2, "no-answer": 1 },
    });
  });

  test("tell of the rate limit, which nobody knows before and the last answer that told it decides", async () => {
    const { observe, scrape } = someMetrics();
    const look = async () => {
      const { value } = await scrape();
      return ["remaining", "limit", "reset_timestamp_seconds"].map((name) =>
        value(`github_api_rate_limit_${name}`),
      );
    };
    expect(await look()).toEqual([undefined, undefined, undefined]);
    const limit = { limit: 5000, remaining: 4000, resetAt: START.getTime() };
    observe(called({ limit }));
    observe(called({ limit: { ...limit, remaining: 0 } }));
    observe(called({ status: null }));
    expect(await look()).toEqual([0, 5000, START.getTime() / 1000]);
  });
});

describe("the service itself", () => {
  test("is told by its name, whatever that is, and by what its process uses", async () => {
    const name = 'a "name" \\ of\nmine';
    const { scrape, use } = someMetrics({ name });
    const first = await scrape();
    expect(first.value("agent_runner_info", { name })).toBe(1);
    expect(first.value("process_start_time_seconds")).toBe(Date.parse("2026-01-02T03:04:00Z") / 1000);
    expect(first.value("process_resident_memory_bytes")).toBe(80_000_000);
    expect(first.value("process_cpu_seconds_total")).toBe(1.5);
    use.cpuSeconds = 2;
    expect((await scrape()).value("process_cpu_seconds_total")).toBe(2);
  });

  test("has every outcome, failure and reason at 0 from the beginning, so that the first one is a rise", async () => {
    const { value } = await someMetrics().scrape();
    for (const status of KINDS) {
      expect(value("agent_tasks_processed_total", { status })).toBe(0);
      expect(value(`${DURATION}_count`, { status })).toBe(0);
    }
    for (const code of FAILURE_CODES) {
      expect(value("agent_task_failures_total", { code })).toBe(0);
      expect(value("agent_poll_failures_total", { code })).toBe(0);
    }
    for (const reason of ["unauthorized", "forbidden", "rate-limited", "server-error", "no-answer"]) {
      expect(value("github_api_request_failures_total", { reason })).toBe(0);
    }
  });
});

describe("where the queue cannot be read", () => {
  const missing = ["agent_tasks_waiting", "agent_tasks_oldest_pending_age_seconds"];

  test("what it would tell is missing, everything else is told, and the log says why", async () => {
    const { see, scrape, log } = someMetrics();
    await see([1, started(aJob(1))]);
    expect((await scrape([aJob(2)])).value("agent_queue_up")).toBe(1);
    const failed = await scrape(async () => Promise.reject(new Error("Redis is gone")));
    expect(failed.value("agent_queue_up")).toBe(0);
    expect(failed.value("agent_tasks_running")).toBe(1);
    for (const name of missing) expect(failed.metrics.get(name)?.samples).toEqual([]);
    expect(log.texts("warning")).toEqual([expect.stringContaining("Redis is gone")]);
    const again = await scrape([aJob(2)]);
    expect([again.value("agent_queue_up"), again.counts("agent_tasks_waiting")]).toEqual([1, { normal: 1 }]);
  });

  test("in time, nobody waits for it, and it is read once at a time", async () => {
    const { scrape, clock, log } = someMetrics();
    let readings = 0;
    let answer = (_: never[]) => {};
    const slow = () => {
      readings += 1;
      return new Promise<never[]>((resolve) => {
        answer = resolve;
      });
    };
    const scrapes = [scrape(slow), scrape(slow)];
    await clock.pass(5000);
    for (const { value } of await Promise.all(scrapes)) expect(value("agent_queue_up")).toBe(0);
    expect([readings, log.texts("warning")]).toEqual([1, [expect.any(String), expect.any(String)]]);
    answer([]);
    const last = await scrape([aJob(1)]);
    expect([last.value("agent_queue_up"), clock.planned()]).toEqual([1, 0]);
  });
});

test("the numbers do not grow in number however long the service runs", async () => {
  const { observe, scrape } = someMetrics();
  const size = async () => [...(await scrape()).metrics.values()].flatMap(({ samples }) => samples).length;
  const play = (from: number) => {
    for (let number = from; number < from + 5000; number++) {
      const job = aJob(number, { id: `${"x".repeat(number % 50)}/${number}` });
      const outcome =
        number % 2 ? anOutcome() : aFailedOutcome({ code: FAILURE_CODES[number % 7] ?? "timeout" });
      const limit = { limit: number, remaining: number, resetAt: number };
      const events = [
        ...[{ kind: "queued", job } as const, started(job), ended(job, outcome), givenUp(job, outcome)],
        ...[called({ status: 200 + (number % 300), limit }), { kind: "polled", failure: null } as const],
      ];
      for (const event of events) observe(event);
    }
  };
  play(0);
  const before = await size();
  play(5000);
  expect(await size()).toBe(before);
  expect(before).toBeLessThan(700);
});
