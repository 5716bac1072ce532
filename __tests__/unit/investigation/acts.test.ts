import { describe, expect, test } from "@jest/globals";
import { beginAct, markOf, readActs } from "../../../src/investigation/acts.ts";
import { anOperationReport } from "../../builders/report.ts";
import { aRun } from "../../builders/task.ts";
import { aWorld, type World } from "../../fakes/world.ts";

const DIGEST = `sha256:${"abc123".repeat(10)}0000`;
const DAY = 24 * 60 * 60 * 1000;
const RUN = aRun();

function begin({ ports }: World, report = anOperationReport(), digest = DIGEST) {
  return beginAct(ports, RUN, report, markOf(report, digest));
}

describe("the mark of an act", () => {
  test("is the same for the same report, and no other", () => {
    const mark = markOf(anOperationReport(), DIGEST);
    expect(mark).toBe("refs/agent-runner/acts/restart_service/20260102T030505Z-abc123abc123");
    expect(markOf(anOperationReport({ run_attempt: 2 }), DIGEST)).toBe(mark);
    expect(markOf(anOperationReport(), DIGEST.replace("abc", "abd"))).not.toBe(mark);
  });

  test.each([
    ["s3:PutObject", "s3%3APutObject"],
    ["a..b.lock", "a%2E%2Eb%2Elock"],
  ])("names the action %s as a ref can", (action, name) => {
    expect(markOf(anOperationReport({ action }), DIGEST)).toContain(`/acts/${name}/`);
  });

  test("is short enough for a server to keep, whatever the action's name", () => {
    const mark = markOf(anOperationReport({ action: `a${":".repeat(99)}` }), DIGEST);
    expect(mark.length).toBeLessThan(255);
    expect(mark).toMatch(/-abc123abc123$/);
  });
});

describe("an act", () => {
  test("begins once; who comes later is told which run began it", async () => {
    const world = aWorld();
    expect(await begin(world)).toMatchObject({ kind: "begun" });
    expect(await begin(world)).toEqual({
      kind: "duplicate",
      reason: `the action was begun at 2026-01-02T03:05:05.000Z by ${RUN.url}, and is done at most once for one report`,
    });
    expect(world.git.left()).toBe(0);
  });

  test("begins for one of those who come at once", async () => {
    const world = aWorld();
    const kinds = (await Promise.all([1, 2, 3].map(() => begin(world)))).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(["begun", "duplicate", "duplicate"]);
  });

  test("can be taken back before anything was done", async () => {
    const world = aWorld();
    const first = await begin(world);
    if (first.kind === "begun") await first.withdraw();
    expect(await begin(world)).toMatchObject({ kind: "begun" });
  });

  test("is remembered with its time, but for one's own, and for what is no mark", async () => {
    const world = aWorld();
    const store = await world.git.open("");
    await store.createRef("refs/agent-runner/acts/x/1", "no mark");
    await begin(world, anOperationReport({ action: "scale_up" }));
    await world.clock.pass(1000);
    await begin(world);
    const own = markOf(anOperationReport(), DIGEST);
    const at = new Date("2026-01-02T03:05:05Z");
    expect(await readActs(world.ports, RUN, own)).toEqual([{ action: "scale_up", at }]);
    expect(await readActs(world.ports, RUN, null)).toHaveLength(2);
  });

  test("is forgotten after eight days, unless its report can still be acted on", async () => {
    const world = aWorld();
    await begin(world, anOperationReport({ action: "over" }));
    await begin(world, anOperationReport({ action: "open", expires_at: "2026-02-02T03:05:05.000Z" }));
    await world.clock.pass(8 * DAY);
    await begin(world, anOperationReport({ action: "early" }));
    expect(await readActs(world.ports, RUN, null)).toHaveLength(3);
    await world.clock.pass(1000);
    await begin(world, anOperationReport({ action: "new" }));
    const left = (await readActs(world.ports, RUN, null)).map(({ action }) => action);
    expect(left.sort()).toEqual(["early", "new", "open"]);
  });

  test("begins also where old marks cannot be cleared away", async () => {
    const world = aWorld();
    world.git.script.plan("readRefs", new Error("no answer"));
    expect(await begin(world)).toMatchObject({ kind: "begun" });
    expect(world.log.texts("debug").join()).toContain("Old marks");
  });
});
