import { describe, expect, test } from "@jest/globals";
import { investigate, openSource } from "../../../src/investigate.ts";
import { someSettings } from "../../builders/settings.ts";
import { aTask } from "../../builders/task.ts";
import { aWorld } from "../../fakes/world.ts";

const SETTINGS = someSettings({ processor: "trace" });

async function traced(taskId: string, world = aWorld()) {
  const task = aTask({ taskId });
  const source = await openSource(world.ports, task, SETTINGS);
  return { ...(await investigate(world.ports, task, SETTINGS, source)), world };
}

describe("the trace processor", () => {
  test("writes the task into a file of its own", async () => {
    const { tree, world } = await traced("t-1");
    expect(world.remote.trees.get(tree)).toHaveProperty(
      ["agent-tasks/t-1.md"],
      expect.stringContaining("Add authentication middleware to the API"),
    );
  });

  test.each([
    ["a:b", "agent-tasks/a_b.md"],
    ["..", "agent-tasks/_.md"],
    [".git", "agent-tasks/_git.md"],
  ])("makes of the id %s the file %s", async (taskId, path) => {
    const { tree, world } = await traced(taskId);
    expect(Object.keys(world.remote.trees.get(tree) ?? {})).toContain(path);
  });

  test("changes nothing the second time", async () => {
    const world = aWorld();
    const { tree } = await traced("t-1", world);
    world.remote.grow("main", world.remote.trees.get(tree) ?? {});
    expect((await traced("t-1", world)).proposal).toMatchObject({
      kind: "no-changes",
      reason: "`agent-tasks/t-1.md` is already there.",
    });
  });
});
