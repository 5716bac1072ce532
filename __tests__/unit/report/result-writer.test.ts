import { describe, expect, test } from "@jest/globals";
import type { FinalReport } from "../../../src/report/report.ts";
import { writeResult } from "../../../src/report/result-writer.ts";
import { readSituation } from "../../../src/situation.ts";
import { aFailedOutcome, aReport, aRun } from "../../builders/task.ts";
import { aWorld, TASK_ID, type World } from "../../fakes/world.ts";

const DENIED = { kind: "denied", reason: "no" } as const;

function report({ issue }: World, change: Partial<FinalReport> = {}): FinalReport {
  return aReport({ issue, taskId: TASK_ID, ...change });
}

/** The results of the issue, as the next run reads them. */
async function results({ github, issue }: World) {
  return (await readSituation({ dispatch: github.api }, issue, TASK_ID)).results;
}

describe("an attempt's result", () => {
  test("is one comment, by one call where the task was claimed", async () => {
    const world = aWorld();
    await writeResult(world.ports, report(world), [], true);
    expect(world.github.script.names()).toEqual(["createComment"]);
    expect(await results(world)).toEqual([
      expect.objectContaining({ outcome: "opened", runUrl: aRun().url }),
    ]);
  });

  test("is one comment where the answer was lost", async () => {
    const world = aWorld();
    world.github.script.plan("createComment", "lost after");
    await writeResult(world.ports, report(world), [], true);
    expect(await results(world)).toHaveLength(1);
  });

  test("is written again where the request was lost", async () => {
    const world = aWorld();
    world.github.script.plan("createComment", "lost before");
    await writeResult(world.ports, report(world), [], true);
    expect(await results(world)).toHaveLength(1);
  });

  test("is not taken for an earlier one of the same run's page", async () => {
    const world = aWorld();
    await writeResult(world.ports, report(world), [], true);
    const past = await results(world);
    world.github.script.plan("createComment", "lost before");
    await writeResult(world.ports, report(world, { attempt: 2 }), past, true);
    expect((await results(world)).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});

describe("a result without a claim", () => {
  const FAILED = aFailedOutcome({ code: "invalid-task" });

  function two(world: World, first: Partial<FinalReport>, second: Partial<FinalReport>) {
    const runs = [first, second].map((change, index) =>
      report(world, { run: aRun({ url: `https://github.com/r/${index}` }), ...change }),
    );
    return Promise.all(runs.map((each) => writeResult(world.ports, each, [], false)));
  }

  test("is one where two runs end alike at once", async () => {
    const world = aWorld();
    await two(world, { outcome: FAILED }, { outcome: FAILED });
    expect(await results(world)).toHaveLength(1);
  });

  test("gives way to no other kind of result: a denial hides no failure", async () => {
    const world = aWorld();
    await two(world, { outcome: DENIED }, { outcome: FAILED });
    expect((await results(world)).map(({ outcome }) => outcome)).toEqual(["denied", "failed"]);
  });

  test("is taken back also where the answer to that was lost", async () => {
    const world = aWorld();
    world.github.script.plan("deleteComment", "lost before");
    await two(world, { outcome: FAILED }, { outcome: FAILED });
    expect(await results(world)).toHaveLength(1);
  });

  test("is told once where it is a denial", async () => {
    const world = aWorld();
    await writeResult(world.ports, report(world, { outcome: DENIED }), [], false);
    await writeResult(world.ports, report(world, { outcome: DENIED }), await results(world), false);
    expect(await results(world)).toHaveLength(1);
  });
});
