import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { refuseTask } from "../../src/refuse-task.ts";
import type { Dispatch, Trigger } from "../../src/task.ts";
import { aDispatch } from "../builders/dispatch.ts";
import { someSettings } from "../builders/settings.ts";
import { aRun } from "../builders/task.ts";
import { NOTHING, traces } from "../fakes/traces.ts";
import { aBody, aWorld, type World } from "../fakes/world.ts";

const FAILURE = new TaskFailure("invalid-input", "The input `max-files` is `x`, which does not fit.");

function refuse(world: World, change: Partial<Dispatch> = {}, runId = "1") {
  const trigger: Trigger = { kind: "dispatch", dispatch: aDispatch(world.issue, change) };
  return refuseTask(world.ports, someSettings(), aRun({ id: runId }), trigger, FAILURE);
}

describe("a run that cannot begin", () => {
  test("tells the issue why, in one result and one label, and claims nothing", async () => {
    const world = aWorld();
    const report = await refuse(world);
    expect(report).toMatchObject({ taskId: "t-1", outcome: { kind: "failed", code: "invalid-input" } });
    expect(traces(world)).toMatchObject({
      comments: ["agent_task_result"],
      labels: ["copilot-agent", "agent-failed"],
      claims: [],
      branch: null,
    });
  });

  test("tells it also where the task itself could not be read", async () => {
    const world = aWorld({ body: aBody("") });
    expect((await refuse(world)).outcome).toMatchObject({ code: "invalid-input" });
    expect(traces(world)).toMatchObject({ comments: ["agent_task_result"] });
  });

  test("tells nothing to a stranger", async () => {
    const world = aWorld();
    const report = await refuse(world, { sender: { login: "mallory", type: "User" } });
    expect(report).toMatchObject({ issue: null, outcome: { code: "invalid-input" } });
    expect(traces(world)).toEqual(NOTHING);
  });

  test("tells nothing where GitHub does not say who may", async () => {
    const world = aWorld();
    world.github.script.plan("permission", new TaskFailure("github-unavailable", "502"));
    expect((await refuse(world)).outcome).toMatchObject({ code: "invalid-input" });
    expect(traces(world)).toEqual(NOTHING);
  });

  test("tells nothing twice of one event", async () => {
    const world = aWorld();
    await refuse(world);
    await refuse(world, {}, "2");
    expect(traces(world)).toMatchObject({ comments: ["agent_task_result"] });
  });

  test("tells nothing of an event that is no task's", async () => {
    const world = aWorld();
    const trigger: Trigger = { kind: "ignored", reason: "another label" };
    const report = await refuseTask(world.ports, someSettings(), aRun(), trigger, FAILURE);
    expect(report.outcome).toMatchObject({ code: "invalid-input" });
    expect(traces(world)).toEqual(NOTHING);
  });
});
