import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { aTrigger } from "../builders/dispatch.ts";
import { aWorld, DISPATCH, TARGET } from "../fakes/world.ts";

describe("a comment that asks", () => {
  const ASKED = { event: "issue_comment", manual: true, commentId: 555 } as const;

  test("gets eyes once its task is taken on", async () => {
    const world = aWorld();
    await world.run({ trigger: aTrigger(world.issue, ASKED) });
    expect(world.github.asked).toEqual(["eyes on 555"]);
  });

  test("gets none where another run is at work: a duplicate writes nothing", async () => {
    const world = aWorld();
    world.steps.work = async (files) => {
      files["work.txt"] = "done";
      await world.run({ run: { id: "2" }, trigger: aTrigger(world.issue, ASKED) });
      return {};
    };
    await world.run();
    expect(world.github.asked).toEqual([]);
  });

  test("that cannot get them is served all the same", async () => {
    const world = aWorld();
    world.github.script.plan("acknowledge", new TaskFailure("missing-permission", "no"));
    expect((await world.run({ trigger: aTrigger(world.issue, ASKED) })).outcome.kind).toBe("opened");
    expect(world.log.texts("warning")).toEqual([]);
  });
});

describe("a whole task from a backend", () => {
  const payload = {
    taskId: "t-9",
    instruction: "Do it",
    title: null,
    userId: null,
    targetRepository: TARGET,
  };
  const unfiled = {
    kind: "unfiled" as const,
    repository: DISPATCH,
    sender: { login: "octocat", type: "User" as const },
    payload,
  };

  test("is filed and done, and done once where it is sent twice at once", async () => {
    const world = aWorld();
    const ends = await Promise.all(["1", "2"].map((id) => world.run({ run: { id }, trigger: unfiled })));
    expect(ends.map(({ outcome }) => outcome.kind).sort()).toEqual(["duplicate", "opened"]);
    expect(world.github.pulls).toEqual([
      expect.objectContaining({ body: expect.stringContaining(`Fixes ${DISPATCH}#8`) }),
    ]);
  });

  test("is not filed for somebody who may not start tasks", async () => {
    const world = aWorld();
    const trigger = { ...unfiled, sender: { login: "other-bot[bot]", type: "Bot" as const } };
    expect((await world.run({ trigger })).outcome.kind).toBe("denied");
    expect(world.github.issues).toHaveLength(1);
  });
});
