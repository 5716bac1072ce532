import { describe, expect, test } from "@jest/globals";
import { type PoolOptions, startPool } from "../../../src/service/pool.ts";
import { createEmbeddedQueue } from "../../../src/service/queue/embedded.ts";
import type { Job } from "../../../src/service/queue/queue.ts";
import { aJob } from "../../builders/queued-job.ts";
import { createFakeClock } from "../../fakes/clock.ts";
import { createFakeLog } from "../../fakes/log.ts";

/** A pool whose jobs end when the test says so. */
function aPool(options: Partial<PoolOptions> = {}) {
  const fake = createFakeClock("2026-01-02T03:04:05Z");
  const queue = createEmbeddedQueue(fake, { maxAttempts: 3 });
  const running = new Map<string, Job>();
  const ends = new Map<string, () => void>();
  const failures = new Map<string, (reason: Error) => void>();
  const log = createFakeLog();
  const stopped: string[] = [];
  const machine = { memory: 10_000 };
  // A pause for memory ends when time is up to the test; one of a drain when it is called off.
  const pauses: (() => void)[] = [];
  const pause = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      pauses.push(resolve);
      signal?.addEventListener("abort", () => resolve());
    });
  const work = (job: Job, stop: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      ends.set(job.id, resolve);
      failures.set(job.id, reject);
      stop.addEventListener("abort", () => {
        stopped.push(job.id);
        resolve();
      });
    });
  const needs = { queue, running, clock: { pause }, log, work };
  const pool = startPool(
    { ...needs, machine: { availableMemory: () => machine.memory } },
    { concurrency: 2, taskMemoryMb: 500, ...options },
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const numbers = () => [...running.values()].map(({ dispatch }) => dispatch.issueNumber).sort();
  const passTime = async () => {
    for (const end of pauses.splice(0)) end();
    await settle();
  };
  const end = async (number: number) => {
    ends.get(aJob(number).id)?.();
    await settle();
  };
  const fail = async (number: number) => {
    failures.get(aJob(number).id)?.(new Error("no space left"));
    await settle();
  };
  return { queue, pool, machine, numbers, end, fail, settle, passTime, stopped, log };
}

/** Job 1 runs, and memory is short for job 2. */
async function aPoolShortOfMemory() {
  const pool = aPool();
  await pool.queue.add(aJob(1));
  await pool.settle();
  pool.machine.memory = 100;
  await pool.queue.add(aJob(2));
  await pool.settle();
  return pool;
}

describe("the pool", () => {
  test("runs as many jobs at once as it may, and the next when one ends", async () => {
    const { queue, numbers, end, settle } = aPool();
    for (const number of [1, 2, 3]) await queue.add(aJob(number));
    await settle();
    expect(numbers()).toEqual([1, 2]);
    await end(1);
    expect(numbers()).toEqual([2, 3]);
  });

  test("starts no second job where memory is short, and always a first one", async () => {
    const { queue, machine, numbers, end, settle, passTime } = aPool({ concurrency: 3 });
    machine.memory = 100;
    for (const number of [1, 2, 3]) await queue.add(aJob(number));
    await settle();
    await passTime();
    expect(numbers()).toEqual([1]);
    await end(1);
    await passTime();
    expect(numbers()).toEqual([2]);
    machine.memory = 10_000;
    await passTime();
    expect(numbers()).toEqual([2, 3]);
  });

  test("looks at the memory when a job comes, however long it has waited for one", async () => {
    const { machine, numbers, passTime } = await aPoolShortOfMemory();
    expect(numbers()).toEqual([1]);
    machine.memory = 10_000;
    await passTime();
    expect(numbers()).toEqual([1, 2]);
  });

  test("goes on with the next job where one ends in an error, and says so", async () => {
    const { queue, numbers, fail, settle, log } = aPool({ concurrency: 1 });
    for (const number of [1, 2]) await queue.add(aJob(number));
    await settle();
    await fail(1);
    expect(numbers()).toEqual([2]);
    expect(log.texts("warning")).toEqual([expect.stringContaining("no space left")]);
  });

  test("leaves a job that memory is short for in the queue, where more urgent ones pass it", async () => {
    const { queue, machine, numbers, passTime } = await aPoolShortOfMemory();
    expect((await queue.waiting()).map(({ id }) => id)).toEqual([aJob(2).id]);
    await queue.add(aJob(3, { priority: "high" }));
    machine.memory = 10_000;
    await passTime();
    expect(numbers()).toEqual([1, 3]);
  });

  test("drains: begins no job that waits for memory", async () => {
    const { queue, pool, machine, numbers, end, settle } = aPool();
    machine.memory = 100;
    for (const number of [1, 2]) await queue.add(aJob(number));
    await settle();
    const drained = pool.drain(1000, new Error("stopped"));
    await settle();
    expect(numbers()).toEqual([1]);
    await end(1);
    await drained;
    expect(numbers()).toEqual([]);
  });

  test("drains: takes nothing more, and ends when its jobs have", async () => {
    const { queue, pool, numbers, end, settle, stopped } = aPool();
    await queue.add(aJob(1));
    await settle();
    const drained = pool.drain(1000, new Error("stopped"));
    expect(await queue.add(aJob(2))).toBe(false);
    await end(1);
    await drained;
    expect(numbers()).toEqual([]);
    expect(stopped).toEqual([]);
  });

  test("drains: stops its jobs when the time is over", async () => {
    const { queue, pool, numbers, settle, passTime, stopped } = aPool();
    await queue.add(aJob(1));
    await settle();
    const drained = pool.drain(1000, new Error("stopped"));
    await settle();
    await passTime();
    await drained;
    expect(numbers()).toEqual([]);
    expect(stopped).toEqual([aJob(1).id]);
  });
});
