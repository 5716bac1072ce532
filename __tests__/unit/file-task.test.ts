import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { fileTask, findFiled } from "../../src/file-task.ts";
import { parseTask } from "../../src/parse-task.ts";
import type { Trigger, UnfiledTask } from "../../src/task.ts";
import { someSettings } from "../builders/settings.ts";
import { aWorld, DISPATCH, TARGET, type World } from "../fakes/world.ts";

function unfiled(change: Partial<UnfiledTask> = {}): Extract<Trigger, { kind: "unfiled" }> {
  const payload = {
    taskId: "t-9",
    instruction: "Do it\n\nwell.",
    title: null,
    userId: null,
    targetRepository: TARGET,
    ...change,
  };
  return { kind: "unfiled", repository: DISPATCH, sender: { login: "octocat", type: "User" }, payload };
}

function file({ ports }: World, change: Partial<UnfiledTask> = {}) {
  return fileTask(ports, someSettings(), unfiled(change));
}

describe("a task that came without an issue", () => {
  test("gets a labelled one that says the same, for the same sender", async () => {
    const world = aWorld();
    const dispatch = await file(world, { title: "A title" });
    const issue = world.github.issue(dispatch.issueNumber);
    expect(issue).toMatchObject({ title: "A title", labels: ["copilot-agent"] });
    expect(parseTask(issue, { requireMetadata: true })).toMatchObject({
      taskId: "t-9",
      instruction: "Do it\n\nwell.",
      targetRepository: TARGET,
    });
    expect(dispatch).toMatchObject({
      event: "repository_dispatch",
      sender: { login: "octocat" },
      manual: true,
    });
  });

  test("is titled by its first line where it has no title, and by no more than a title holds", async () => {
    const world = aWorld();
    await file(world);
    await file(world, { taskId: "t-10", title: `Long\n${"x".repeat(300)}` });
    expect(world.github.issues.map(({ title }) => title).slice(1)).toEqual([
      "Do it",
      `Long ${"x".repeat(114)}…`,
    ]);
  });

  test("is titled by its id where it has no title and begins with a fence", async () => {
    const world = aWorld();
    const { issueNumber } = await file(world, { instruction: "```diff\n-a\n+b\n```" });
    expect(world.github.issue(issueNumber).title).toBe("Task t-9");
  });

  test("gets one issue, however often it comes", async () => {
    const world = aWorld();
    const numbers = [await file(world), await file(world)].map(({ issueNumber }) => issueNumber);
    expect(numbers).toEqual([8, 8]);
    expect(world.github.issues).toHaveLength(2);
  });

  test("finds its issue again where the answer to its creation was lost", async () => {
    const world = aWorld();
    world.github.script.plan("createIssue", "lost after");
    expect(await file(world)).toMatchObject({ issueNumber: 8 });
    expect(world.github.issues).toHaveLength(2);
  });

  test("is filed again where the request was lost", async () => {
    const world = aWorld();
    world.github.script.plan("createIssue", "lost before");
    expect(await file(world)).toMatchObject({ issueNumber: 8 });
  });

  test("gets one open issue where two runs file it at once: the older one is the task's", async () => {
    const world = aWorld();
    const dispatches = await Promise.all([file(world), file(world)]);
    expect(dispatches.map(({ issueNumber }) => issueNumber)).toEqual([8, 8]);
    expect(world.github.issues.map(({ state }) => state)).toEqual(["open", "open", "closed"]);
  });

  test("goes on with the older issue where the other one cannot be closed, and warns", async () => {
    const world = aWorld();
    world.github.script.plan("closeIssue", new TaskFailure("missing-permission", "no"));
    const dispatches = await Promise.all([file(world), file(world)]);
    expect(dispatches.map(({ issueNumber }) => issueNumber)).toEqual([8, 8]);
    expect(world.log.texts("warning")).toEqual([expect.stringContaining("#9 is filed twice")]);
  });

  test.each<[string, Partial<UnfiledTask>]>([
    ["instruction", { instruction: "Do something else" }],
    ["target", { targetRepository: "your-org/other" }],
    ["id", { taskId: "t-10" }],
  ])("is another one where its %s differs", async (_what, change) => {
    const world = aWorld();
    await file(world);
    expect(await file(world, change)).toMatchObject({ issueNumber: 9 });
  });

  test.each<[string, Partial<UnfiledTask>, string]>([
    ["task_id", { taskId: "no spaces" }, "invalid-task"],
    ["target_repo", { targetRepository: "nothing" }, "invalid-task"],
    ["instruction", { instruction: "x".repeat(70_000) }, "too-large"],
  ])("is refused by its %s before an issue is made of it", async (field, change, code) => {
    const world = aWorld();
    await expect(file(world, change)).rejects.toMatchObject({ code, detail: expect.stringContaining(field) });
    expect(world.github.issues).toHaveLength(1);
  });

  test("is found by post where it was filed, and only there", async () => {
    const world = aWorld();
    expect(await findFiled(world.ports, someSettings(), unfiled())).toBeNull();
    await file(world);
    expect(await findFiled(world.ports, someSettings(), unfiled())).toMatchObject({ issueNumber: 8 });
  });
});
