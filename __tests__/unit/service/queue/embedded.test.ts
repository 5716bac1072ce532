import { describe, expect, test } from "@jest/globals";
import { createEmbeddedQueue } from "../../../../src/service/queue/embedded.ts";
import type { Job } from "../../../../src/service/queue/queue.ts";
import { aJob } from "../../../builders/queued-job.ts";
import { createFakeClock } from "../../../fakes/clock.ts";

function aQueue(maxAttempts = 3) {
  const clock = createFakeClock("2026-01-02T03:04:05Z");
  return { clock, queue: createEmbeddedQueue(clock, { maxAttempts, firstPauseMs: 1000 }) };
}

const numberOf = (job: Job | null) => job?.dispatch.issueNumber ?? null;

describe("the embedded queue", () => {
  test("gives high priority first, and among equals the one that was asked for first", async () => {
    const { queue } = aQueue();
    await queue.add(aJob(4, { priority: "low" }));
    await queue.add(aJob(3));
    await queue.add(aJob(2));
    await queue.add(aJob(5, { priority: "high" }));
    const taken = [await queue.take(), await queue.take(), await queue.take(), await queue.take()];
    expect(taken.map(numberOf)).toEqual([5, 2, 3, 4]);
  });

  test("takes a job that waits, runs or pauses no second time", async () => {
    const { queue } = aQueue();
    expect(await queue.add(aJob(1))).toBe(true);
    expect(await queue.add(aJob(1))).toBe(false);
    const job = (await queue.take()) ?? aJob(0);
    expect(await queue.add(aJob(1))).toBe(false);
    await queue.fail(job);
    expect(await queue.add(aJob(1))).toBe(false);
  });

  test("brings a job that waits up to date: who asks, how urgent it is, and no older wish", async () => {
    const { queue } = aQueue();
    await queue.add(aJob(1));
    await queue.add(aJob(2));
    expect(await queue.add(aJob(2, { priority: "high", title: "newer" }))).toBe(false);
    expect(await queue.add(aJob(2, { since: "2020-01-01T00:00:00Z", title: "older" }))).toBe(false);
    expect((await queue.waiting()).map(({ title }) => title)).toEqual(["newer", "Task 1"]);
  });

  test("brings a job that pauses up to date, and counts its tries on", async () => {
    const { clock, queue } = aQueue();
    await queue.add(aJob(1));
    await queue.fail((await queue.take()) ?? aJob(0));
    expect(await queue.add(aJob(1, { title: "newer" }))).toBe(false);
    const next = queue.take();
    await clock.pass(1000);
    expect(await next).toMatchObject({ title: "newer", attempt: 2 });
  });

  test("takes a job again that is over", async () => {
    const { queue } = aQueue();
    await queue.add(aJob(1));
    await queue.done((await queue.take()) ?? aJob(0));
    expect(await queue.add(aJob(1))).toBe(true);
  });

  test("pauses for no more than a day, which a timer can still wait for", async () => {
    const { clock, queue } = aQueue(100);
    await queue.add(aJob(1, { attempt: 60 }));
    await queue.fail((await queue.take()) ?? aJob(0));
    const next = queue.take();
    await clock.pass(86_399_999);
    expect(await queue.waiting()).toHaveLength(1);
    await clock.pass(1);
    expect((await next)?.attempt).toBe(61);
  });

  test("counts no try that a stop of the service has ended", async () => {
    const { clock, queue } = aQueue(2);
    await queue.add(aJob(1, { attempt: 4, stopped: 3 }));
    const first = (await queue.take()) ?? aJob(0);
    expect(await queue.fail(first)).toBe("again");
    await clock.pass(1000);
    expect(await queue.fail((await queue.take()) ?? aJob(0))).toBe("given-up");
  });

  test("hands a job to whoever has waited for one", async () => {
    const { queue } = aQueue();
    const waiting = queue.take();
    await queue.add(aJob(1));
    expect(numberOf(await waiting)).toBe(1);
  });

  test("tries a failed job again after a pause that doubles, and gives it up after the last try", async () => {
    const { clock, queue } = aQueue(3);
    await queue.add(aJob(1));
    const first = (await queue.take()) ?? aJob(0);
    expect(await queue.fail(first)).toBe("again");
    await clock.pass(999);
    const second = queue.take();
    expect(await queue.waiting()).toEqual([{ ...first, attempt: 2 }]);
    await clock.pass(1);
    expect(await second).toEqual({ ...first, attempt: 2 });
    expect(await queue.fail({ ...first, attempt: 2 })).toBe("again");
    await clock.pass(1999);
    expect(await queue.waiting()).toHaveLength(1);
    const third = queue.take();
    await clock.pass(1);
    expect((await third)?.attempt).toBe(3);
    expect(await queue.fail({ ...first, attempt: 3 })).toBe("given-up");
    expect(await queue.waiting()).toEqual([]);
  });

  test("pauses longer where that is asked for", async () => {
    const { clock, queue } = aQueue();
    await queue.add(aJob(1));
    await queue.fail((await queue.take()) ?? aJob(0), 5000);
    const second = queue.take();
    await clock.pass(4999);
    expect(await queue.waiting()).toHaveLength(1);
    await clock.pass(1);
    expect((await second)?.attempt).toBe(2);
  });

  test("gives nothing more once it is closed", async () => {
    const { clock, queue } = aQueue();
    await queue.add(aJob(1));
    const job = (await queue.take()) ?? aJob(0);
    await queue.fail(job);
    const waiting = queue.take();
    await queue.close();
    expect(await waiting).toBeNull();
    expect(await queue.take()).toBeNull();
    expect(await queue.add(aJob(2))).toBe(false);
    expect(clock.planned()).toBe(0);
  });
});
