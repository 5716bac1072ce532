import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { createStateLabels } from "../../../src/report/state-labels.ts";
import type { Outcome } from "../../../src/task.ts";
import { aFailedOutcome, anOutcome } from "../../builders/task.ts";
import { settle } from "../../fakes/recorded.ts";
import { aWorld, type World } from "../../fakes/world.ts";

/** Begins and ends a task on an issue with these labels. */
async function labelled(labels: string[], outcome: Outcome, world = aWorld({ labels })) {
  const state = createStateLabels(world.ports);
  state.begin(world.issue);
  await state.end(world.issue, outcome);
  return world.github.issue(7).labels;
}

function calls({ github }: World): string[] {
  return github.script.names();
}

describe("the state's label", () => {
  test.each<[Outcome, string]>([
    [anOutcome(), "agent-completed"],
    [anOutcome({ kind: "updated" }), "agent-completed"],
    [{ kind: "no-changes", reason: "r", quote: null }, "agent-completed"],
    [{ kind: "needs-input", question: "q" }, "agent-needs-input"],
    [aFailedOutcome(), "agent-failed"],
    [{ kind: "cancelled", reason: "r" }, "agent-failed"],
  ])("after %j is the only one, beside other people's labels", async (outcome, label) => {
    expect(await labelled(["copilot-agent", "bug"], outcome)).toEqual(["copilot-agent", "bug", label]);
  });

  test("is not set by a denial", async () => {
    const world = aWorld();
    await createStateLabels(world.ports).end(world.issue, { kind: "denied", reason: "r" });
    expect(calls(world)).toEqual([]);
  });

  test("shows that the task is going on, in the place of its last end", async () => {
    const world = aWorld({ labels: ["copilot-agent", "Agent-Failed"] });
    const state = createStateLabels(world.ports);
    state.begin(world.issue);
    await settle();
    expect(world.github.issue(7).labels).toEqual(["copilot-agent", "agent-processing"]);
  });

  test("costs two calls in a short run, and keeps labels that the event did not know of", async () => {
    const world = aWorld();
    world.github.issue(7).labels = ["copilot-agent", "set-meanwhile"];
    expect(await labelled([], anOutcome(), world)).toEqual([
      "copilot-agent",
      "set-meanwhile",
      "agent-completed",
    ]);
    expect(calls(world)).toEqual(["addLabels", "replaceLabels"]);
  });

  test("brings no label back that somebody has just taken away to call the task off", async () => {
    const world = aWorld({ labels: ["copilot-agent", "bug"] });
    const state = createStateLabels(world.ports);
    state.begin(world.issue);
    await settle();
    const { labels } = world.github.issue(7);
    world.github.issue(7).labels = labels.filter((label) => label !== "copilot-agent");
    await state.end(world.issue, { kind: "cancelled", reason: "r" });
    expect(world.github.issue(7).labels).toEqual(["bug", "agent-failed"]);
  });

  test("keeps labels that were set while a long run went on", async () => {
    const world = aWorld();
    const state = createStateLabels(world.ports);
    state.begin(world.issue);
    await settle();
    await world.clock.pass(6000);
    world.github.issue(7).labels.push("set-meanwhile");
    await state.end(world.issue, anOutcome());
    expect(world.github.issue(7).labels).toEqual(["copilot-agent", "set-meanwhile", "agent-completed"]);
  });

  test("is what it was before where the run takes its begin back", async () => {
    const world = aWorld({ labels: ["copilot-agent", "agent-completed"] });
    const state = createStateLabels(world.ports);
    state.begin(world.issue);
    await state.retract(world.issue);
    expect(world.github.issue(7).labels).toEqual(["copilot-agent", "agent-completed"]);
  });

  test("is gone where there was none before", async () => {
    const world = aWorld();
    const state = createStateLabels(world.ports);
    state.begin(world.issue);
    await state.retract(world.issue);
    expect(world.github.issue(7).labels).toEqual(["copilot-agent"]);
  });

  test("is not taken back by a run that never began", async () => {
    const world = aWorld();
    await createStateLabels(world.ports).retract(world.issue);
    expect(calls(world)).toEqual([]);
  });

  test("is set again where the answer was lost", async () => {
    const world = aWorld();
    world.github.script.plan("addLabels", "lost after");
    world.github.script.plan("replaceLabels", "lost before");
    expect(await labelled([], anOutcome(), world)).toEqual(["copilot-agent", "agent-completed"]);
  });

  test("that cannot be set is a warning", async () => {
    const world = aWorld();
    world.github.script.plan("addLabels", new TaskFailure("missing-permission", "issues: write"));
    await labelled([], anOutcome(), world);
    expect(world.log.texts("warning")).toEqual([expect.stringContaining("issues: write")]);
  });
});
