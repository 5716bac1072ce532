import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { investigate, openSource } from "../../src/investigate.ts";
import { someSettings } from "../builders/settings.ts";
import { aTask } from "../builders/task.ts";
import type { Work } from "../fakes/steps.ts";
import { aWorld, type Inputs } from "../fakes/world.ts";

const TASK = aTask();

async function investigated(work: Work, inputs: Inputs = {}, world = aWorld()) {
  const settings = someSettings({ command: "work", ...inputs });
  world.steps.work = work;
  const source = await openSource(world.ports, TASK, settings);
  return await investigate(world.ports, TASK, settings, source);
}

const CHANGE: Work = (files) => {
  files["work.txt"] = "done\n";
  return {};
};

describe("a proposal", () => {
  test("is judged by the tree: what changed is changes, whatever the step says", async () => {
    const { proposal } = await investigated((files, step) => {
      CHANGE(files, step);
      return { result: '{"status": "no_change"}' };
    });
    expect(proposal.kind).toBe("changes");
  });

  test("of a step that changed nothing is none, although it says that it did", async () => {
    const { proposal } = await investigated(() => ({
      result: '{"status": "changed"}',
      outputTail: "All done!",
    }));
    expect(proposal).toMatchObject({
      kind: "no-changes",
      reason: "The step ended well, changed nothing and gave no reason.",
      outputTail: "All done!",
    });
  });

  test("of a step that changed nothing and says why points to its words", async () => {
    const { proposal } = await investigated(() => ({ result: '{"summary": "It works already"}' }));
    expect(proposal).toMatchObject({
      kind: "no-changes",
      reason: "The step ended well and changed nothing; it says why.",
    });
  });

  test.each([
    ['{"status": "needs_input", "question": "Which API?", "summary": "s"}', "Which API?"],
    ['{"status": "needs_input", "summary": "It is unclear"}', "It is unclear"],
    ['{"status": "needs_input"}', "It did not say what it needs."],
  ])("of a step that asks is its question: %s", async (result, question) => {
    const { proposal } = await investigated((files, step) => ({ ...CHANGE(files, step), result }));
    expect(proposal).toMatchObject({ kind: "needs-input", question });
  });

  test("is a plain JSON value", async () => {
    const { proposal } = await investigated(CHANGE);
    expect(JSON.parse(JSON.stringify(proposal))).toEqual(proposal);
  });
});

describe("the target's content", () => {
  test("is fetched, and the work starts, at the commit that was chosen", async () => {
    const world = aWorld();
    const tip = world.remote.grow(TASK.branch, { "theirs.txt": "x" }, { from: "main" });
    const { proposal, tree } = await investigated(CHANGE, {}, world);
    expect(proposal.start).toEqual({ oid: tip, branchTip: tip, builtUpon: true });
    expect(Object.keys(world.remote.trees.get(tree) ?? {})).toContain("theirs.txt");
  });

  test.each<[string, Inputs, string]>([
    ["a checkout", {}, "switchTo"],
    ["a store", { processor: "patch" }, "fetch"],
  ])("is given back where %s cannot be made ready", async (_what, inputs, call) => {
    const world = aWorld();
    world.git.script.plan(call, new TaskFailure("git-failed", "no"));
    await expect(investigated(CHANGE, inputs, world)).rejects.toMatchObject({ code: "git-failed" });
    expect(world.git.left()).toBe(0);
  });

  test("is given back where the branch is the base", async () => {
    const world = aWorld();
    const task = aTask({ branch: "main" });
    await expect(openSource(world.ports, task, someSettings({ command: "work" }))).rejects.toMatchObject({
      code: "invalid-input",
    });
    expect(world.git.left()).toBe(0);
  });

  test("is not fetched for a processor that there is not", async () => {
    const world = aWorld();
    await expect(investigated(CHANGE, { processor: "magic" }, world)).rejects.toMatchObject({
      code: "processor-not-found",
    });
    expect(world.git.script.calls).toEqual([]);
  });
});

test("a store is given back where its work cannot be compared with the start", async () => {
  const world = aWorld();
  world.git.script.plan("changes", new TaskFailure("git-failed", "no"));
  await expect(investigated(CHANGE, {}, world)).rejects.toMatchObject({ code: "git-failed" });
  expect(world.git.left()).toBe(0);
});

test("a command beside a processor that does not use it is warned of", async () => {
  const world = aWorld();
  await investigated(CHANGE, { processor: "patch" }, world);
  expect(world.log.texts("warning")).toEqual(["The input `command` is not used by the processor `patch`."]);
});
