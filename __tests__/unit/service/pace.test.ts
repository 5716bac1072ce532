import { describe, expect, test } from "@jest/globals";
import { createPace, pacing } from "../../../src/service/pace.ts";
import { aClock } from "../../builders/clock.ts";
import { createVirtualClock } from "../../fakes/virtual-clock.ts";
import { aWorld, DISPATCH } from "../../fakes/world.ts";

const MINUTE_MS = 60_000;

describe("the pace of content-creating calls", () => {
  test("lets as many calls pass at once as a minute allows, and the next one when the first is a minute old", async () => {
    const clock = aClock();
    const pace = createPace(clock, { perMinute: 3, perHour: 100 });
    await Promise.all([pace.pass(), pace.pass(), pace.pass()]);
    expect(clock.pauses).toEqual([]);
    await pace.pass();
    expect(clock.pauses).toEqual([MINUTE_MS]);
  });

  test("never lets more than an hour's share pass in any hour", async () => {
    const clock = aClock();
    const start = clock.now().getTime();
    const pace = createPace(clock, { perMinute: 80, perHour: 500 });
    const times: number[] = [];
    for (let call = 0; call < 1200; call++) {
      await pace.pass();
      times.push(clock.now().getTime() - start);
    }
    const most = (windowMs: number) =>
      Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + windowMs).length));
    expect(most(MINUTE_MS)).toBe(80);
    expect(most(60 * MINUTE_MS)).toBe(500);
  });

  test("holds comments back, and no reads or labels", async () => {
    const { github, issue } = aWorld();
    const clock = aClock();
    const paced = pacing(github.api, createPace(clock, { perMinute: 1, perHour: 10 }));
    await paced.createComment(DISPATCH, issue.number, "one");
    await paced.issue(DISPATCH, issue.number);
    await paced.addLabels(DISPATCH, issue.number, ["a"]);
    expect(clock.pauses).toEqual([]);
    await paced.createComment(DISPATCH, issue.number, "two");
    expect(clock.pauses).toEqual([MINUTE_MS]);
    expect(github.bodiesOn(issue.number)).toEqual(["one", "two"]);
  });

  test("holds nothing back once the run is stopped, so that its end is told in time", async () => {
    const { github, issue } = aWorld();
    const clock = createVirtualClock();
    const stop = new AbortController();
    const paced = pacing(github.api, createPace(clock, { perMinute: 1, perHour: 1 }), stop.signal);
    await paced.createComment(DISPATCH, issue.number, "one");
    const waiting = paced.createComment(DISPATCH, issue.number, "two");
    stop.abort();
    await waiting;
    await paced.createComment(DISPATCH, issue.number, "three");
    expect(clock.elapsed()).toBe(0);
    expect(github.bodiesOn(issue.number)).toEqual(["one", "two", "three"]);
  });
});
