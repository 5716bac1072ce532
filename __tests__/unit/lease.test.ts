import { describe, expect, test } from "@jest/globals";
import { claimRef, claimTask } from "../../src/claim.ts";
import { keepRenewing } from "../../src/lease.ts";
import { aRun, aTask } from "../builders/task.ts";
import { createFakeClock } from "../fakes/clock.ts";
import { createFakeLog } from "../fakes/log.ts";
import { aWorld } from "../fakes/world.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

function aRenewal(answers: (boolean | Error)[]) {
  const clock = createFakeClock("2026-01-02T03:04:05Z");
  const log = createFakeLog();
  let renewed = 0;
  const renewal = keepRenewing({ clock, log }, 3000, async () => {
    const answer = answers[renewed++] ?? true;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const pass = async (milliseconds: number) => {
    await clock.pass(milliseconds);
    await settle();
  };
  return { clock, log, renewal, pass, count: () => renewed };
}

describe("a lease", () => {
  test("is renewed three times over its length", async () => {
    const { pass, count } = aRenewal([]);
    for (let second = 0; second < 6; second++) await pass(1000);
    expect(count()).toBe(6);
  });

  test("is renewed later where it could not be this time", async () => {
    const { pass, count, log } = aRenewal([new Error("no network")]);
    await pass(1000);
    await pass(1000);
    expect(count()).toBe(2);
    expect(log.texts("warning")).toEqual([expect.stringContaining("no network")]);
  });

  test("is left alone once it is somebody else's", async () => {
    const { pass, count, clock, log } = aRenewal([false]);
    await pass(1000);
    await pass(1000);
    expect(count()).toBe(1);
    expect(clock.planned()).toBe(0);
    expect(log.texts("warning")).toHaveLength(1);
  });

  test("is not renewed any more after its end", async () => {
    const { pass, count, renewal, clock } = aRenewal([]);
    await renewal.stop();
    await pass(10_000);
    expect(count()).toBe(0);
    expect(clock.planned()).toBe(0);
  });
});

describe("a claim of the service", () => {
  const service = aRun({ id: "a", repository: null, leaseSeconds: 30 });
  const other = aRun({ id: "b", repository: null, leaseSeconds: 30 });

  test("is kept from others as long as it is renewed, and given back at the end", async () => {
    const { ports, clock, remote } = aWorld();
    const claim = await claimTask(ports, aTask(), service, 1);
    for (let part = 0; part < 10; part++) {
      await clock.pass(10_000);
      await settle();
    }
    expect((await claimTask(ports, aTask(), other, 1)).kind).toBe("taken");
    if (claim.kind === "won") await claim.release();
    expect(remote.refs.has(claimRef(aTask()))).toBe(false);
    expect(clock.planned()).toBe(0);
  });

  test("is taken over when its owner has died", async () => {
    const { ports, clock } = aWorld();
    const dead = { ...ports, clock: createFakeClock("2026-01-02T03:04:05Z") };
    await claimTask(dead, aTask(), service, 1);
    await clock.pass(29_000);
    expect((await claimTask(ports, aTask(), other, 1)).kind).toBe("taken");
    await clock.pass(2000);
    expect((await claimTask(ports, aTask(), other, 1)).kind).toBe("won");
  });
});
