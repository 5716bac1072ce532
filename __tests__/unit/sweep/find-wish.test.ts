import { describe, expect, test } from "@jest/globals";
import type { Actor, Trigger } from "../../../src/task.ts";
import { aTrigger } from "../../builders/dispatch.ts";
import { aWorld, type World } from "../../fakes/world.ts";

const DEVELOPER: Actor = { login: "octocat", type: "User" };
const STRANGER: Actor = { login: "stranger", type: "User" };
const NOBODY: Actor = { login: "ghost", type: "User" };

/** What a clock sets off for the world's issue. */
function swept({ issue }: World): Trigger {
  return aTrigger(issue, { event: "schedule", sender: NOBODY, happenedAt: null, issue: null });
}

/** A world whose issue got its label from somebody. */
function labelledBy(actor: Actor, change: Parameters<typeof aWorld>[0] = {}): World {
  const world = aWorld(change);
  const { github, issue } = world;
  github.labellings.push({ issueNumber: issue.number, actor, at: issue.updatedAt });
  return world;
}

async function sweep(world: World, attempt = 1) {
  const run = { id: `run-${attempt}`, attempt, url: `https://github.com/runs/${attempt}` };
  return (await world.run({ trigger: swept(world), run })).outcome;
}

describe("a run that a clock set off", () => {
  test("works for whoever labelled the issue, though a stranger wrote it", async () => {
    const world = labelledBy(DEVELOPER, { author: STRANGER });
    expect((await sweep(world)).kind).toBe("opened");
  });

  test("denies a stranger who labelled it, whoever wrote the issue or the workflow", async () => {
    const world = labelledBy(STRANGER);
    expect(await sweep(world)).toMatchObject({
      kind: "denied",
      reason: expect.stringContaining("`stranger`"),
    });
    expect(world.steps.steps).toEqual([]);
  });

  test("works for somebody who may and asks for a stranger's task by comment", async () => {
    const world = labelledBy(STRANGER);
    world.github.comment(world.issue, DEVELOPER, "/agent run");
    expect((await sweep(world)).kind).toBe("opened");
  });

  test("does nothing a second time, and once more where its job is re-run", async () => {
    const world = labelledBy(DEVELOPER);
    await sweep(world);
    const written = world.github.bodiesOn(world.issue.number);
    expect((await sweep(world)).kind).toBe("duplicate");
    expect(world.github.bodiesOn(world.issue.number)).toEqual(written);
    expect((await sweep(world, 2)).kind).not.toBe("duplicate");
  });

  test.each([
    ["is closed", { state: "closed" as const }, "the issue is closed"],
    ["lost its label", { labels: ["bug"] }, "the issue is not labelled `copilot-agent`"],
  ])("passes over an issue that %s, without a word", async (_, change, reason) => {
    const world = labelledBy(DEVELOPER, change);
    expect(await sweep(world)).toEqual({ kind: "ignored", reason });
    expect(world.github.bodiesOn(world.issue.number)).toEqual([]);
  });
});
