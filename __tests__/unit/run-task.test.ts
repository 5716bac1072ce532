import { describe, expect, test } from "@jest/globals";
import { aWorld, DISPATCH, TASK_ID } from "../fakes/world.ts";

describe("a task whose command changes something", () => {
  test("ends with one branch, one pull request, one status comment and one result", async () => {
    const world = aWorld();
    const report = await world.run();
    expect(world.log.texts("warning")).toEqual([]);
    expect(report.outcome).toMatchObject({ kind: "opened", pullRequest: { number: 100 } });
    expect(world.github.pulls).toHaveLength(1);
    expect(world.github.bodiesOn(7)).toEqual([
      expect.stringContaining("agent_runner_status"),
      expect.stringContaining("agent_task_result"),
    ]);
  });
});
