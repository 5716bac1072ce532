import { describe, expect, test } from "@jest/globals";
import { checkDailyLimit } from "../../../src/policy/daily-limit.ts";
import type { Actor, Dispatch } from "../../../src/task.ts";
import { aDispatch } from "../../builders/dispatch.ts";
import { anIssue } from "../../builders/issue.ts";
import { someSettings } from "../../builders/settings.ts";
import { aWorld, type World } from "../../fakes/world.ts";

const MONA: Actor = { login: "mona", type: "User" };
const OTHER: Actor = { login: "hubot", type: "User" };

/** A time so many minutes before the world's clock. */
function minutesAgo(minutes: number): string {
  return new Date(Date.parse("2026-01-02T03:05:05Z") - minutes * 60_000).toISOString();
}

/** A world in which labels were set so many minutes ago, on issues 1, 2 and so on. */
function labelled(by: Actor, ...minutes: number[]): World {
  const world = aWorld();
  const labellings = minutes.map((ago, index) => ({
    issueNumber: index + 1,
    actor: by,
    at: minutesAgo(ago),
  }));
  world.github.labellings.push(...labellings);
  return world;
}

async function reasonFor(
  world: World,
  limit: number,
  number = 7,
  change: Partial<Dispatch> = {},
): Promise<string | null> {
  const dispatch = aDispatch(anIssue({ number }), { sender: MONA, ...change });
  const decision = await checkDailyLimit({ dispatch: world.github.api }, limit, dispatch, someSettings());
  return decision.allowed ? null : decision.reason;
}

describe("tasks a day", () => {
  test("are counted up to the limit, and the reason says when the next one may start", async () => {
    const world = labelled(MONA, 300, 200, 100);
    expect(await reasonFor(world, 4)).toBeNull();
    expect(await reasonFor(world, 3)).toBe(
      "`mona` has asked for 3 tasks within 24 hours, and the policy allows 3 (`tasks-per-day`); the next one may start at 2026-01-02T22:05:05.000Z",
    );
    expect(await reasonFor(world, 2)).toContain("may start at 2026-01-02T23:45:05.000Z");
  });

  test("are those of the last 24 hours, to the second", async () => {
    expect(await reasonFor(labelled(MONA, 24 * 60), 1)).toBeNull();
    expect(await reasonFor(labelled(MONA, 24 * 60 - 1), 1)).not.toBeNull();
  });

  test("are those of the sender alone, however the name is spelt", async () => {
    expect(await reasonFor(labelled(OTHER, 10, 20), 1)).toBeNull();
    expect(await reasonFor(labelled({ ...MONA, login: "Mona" }, 10), 1)).not.toBeNull();
  });

  test("of a moment pass up to the limit: each run counts those before its own", async () => {
    const world = labelled(MONA, 5, 5, 5, 5);
    const decisions = await Promise.all([1, 2, 3, 4].map((number) => reasonFor(world, 2, number)));
    expect(decisions.map((reason) => reason === null)).toEqual([true, true, false, false]);
  });

  test("include commands, but no other comments", async () => {
    const world = aWorld();
    const elsewhere = anIssue({ number: 1 });
    world.github.comment(elsewhere, MONA, "/agent retry");
    world.github.comment(elsewhere, MONA, "Thanks!");
    world.github.comment(elsewhere, OTHER, "/agent run");
    await world.clock.pass(1000);
    expect(await reasonFor(world, 1)).toContain("asked for 1 tasks");
    expect(await reasonFor(world, 2)).toBeNull();
  });

  test("hold a retry on the same issue too", async () => {
    const world = labelled(MONA, 30);
    const issue = anIssue({ number: 1 });
    world.github.comment(issue, MONA, "/agent retry");
    expect(await reasonFor(world, 1, 1, { manual: true })).not.toBeNull();
    expect(await reasonFor(world, 2, 1, { manual: true })).toBeNull();
  });

  test("hold a run by hand, of which GitHub lists nothing", async () => {
    const byHand: Partial<Dispatch> = { event: "workflow_dispatch", manual: true, happenedAt: null };
    expect(await reasonFor(labelled(MONA, 30), 1, 7, byHand)).not.toBeNull();
  });
});
