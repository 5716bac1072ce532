import { expect, test } from "@jest/globals";
import { createProgress } from "../../src/progress.ts";
import { createFakeClock } from "../fakes/clock.ts";

test("entering a stage ends the one before, and both have their times", async () => {
  const clock = createFakeClock("2026-01-02T03:04:05Z");
  const seen: string[] = [];
  const progress = createProgress(clock, ({ current }) => seen.push(current));
  expect(progress.current).toBe("authorise");
  progress.enter("authorise");
  await clock.pass(1000);
  progress.enter("checkout");
  await clock.pass(2000);
  progress.finish();
  await clock.pass(3000);
  progress.finish();
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, seconds));
  expect(progress.stages).toEqual([
    { stage: "authorise", startedAt: at(5), endedAt: at(6) },
    { stage: "checkout", startedAt: at(6), endedAt: at(8) },
  ]);
  expect(seen).toEqual(["authorise", "checkout"]);
});
