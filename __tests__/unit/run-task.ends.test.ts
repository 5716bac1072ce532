import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { reportOfNothing } from "../../src/report/reported.ts";
import { aDispatch, aTrigger } from "../builders/dispatch.ts";
import { aRun } from "../builders/task.ts";
import { NOTHING, traces } from "../fakes/traces.ts";
import { aWorld, type World } from "../fakes/world.ts";

describe("a task whose step", () => {
  test("asks a question needs input", async () => {
    const world = aWorld();
    world.steps.work = () => ({ result: '{"status": "needs_input", "question": "Which API?"}' });
    expect((await world.run()).outcome).toEqual({ kind: "needs-input", question: "Which API?" });
    expect(traces(world)).toMatchObject({
      pulls: 0,
      branch: null,
      claims: [],
      stores: 0,
      labels: ["copilot-agent", "agent-needs-input"],
    });
  });

  test("changes nothing says so, with the end of its output", async () => {
    const world = aWorld();
    world.steps.work = () => ({ outputTail: "Looked around." });
    expect((await world.run()).outcome).toMatchObject({ kind: "no-changes", quote: "Looked around." });
  });

  test("fails has failed at that step, with its last words", async () => {
    const world = aWorld();
    world.steps.work = () => ({ end: { kind: "exit", code: 2 }, outputTail: "boom" });
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "command-failed",
      step: "process",
      quote: "boom",
    });
    expect(traces(world)).toEqual({
      ...NOTHING,
      comments: ["agent_runner_status", "agent_task_result"],
      labels: ["copilot-agent", "agent-failed"],
    });
  });

  test("touches a protected file has failed at the check", async () => {
    const world = aWorld();
    world.steps.work = (files) => {
      files[".github/workflows/ci.yml"] = "on: push";
      return {};
    };
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "protected-path",
      step: "check",
    });
    expect(traces(world)).toMatchObject({ branch: null, claims: [], stores: 0 });
  });

  test("is cancelled is cancelled, and gives its claim back", async () => {
    const world = aWorld();
    world.steps.work = () => ({ end: { kind: "cancelled" } });
    expect((await world.run()).outcome.kind).toBe("cancelled");
    expect(traces(world)).toMatchObject({ labels: ["copilot-agent", "agent-failed"], claims: [], stores: 0 });
  });
});

describe("a run that is cancelled", () => {
  test("ends as cancelled, whatever fell over on the way", async () => {
    const world = aWorld();
    world.steps.work = () => {
      world.cancellation.abort(new TaskFailure("cancelled", "The run was cancelled (SIGINT)."));
      throw new Error("The step's process is gone.");
    };
    const { outcome } = await world.run();
    expect(outcome).toEqual({ kind: "cancelled", reason: "The run was cancelled (SIGINT)." });
    expect(traces(world)).toMatchObject({
      comments: ["agent_runner_status", "agent_task_result"],
      claims: [],
      stores: 0,
    });
  });

  test.each([
    ["closing the issue", (world: World) => Object.assign(world.github.issue(7), { state: "closed" })],
    ["taking the label off", (world: World) => Object.assign(world.github.issue(7), { labels: [] })],
  ])("by %s pushes nothing", async (_how, cancel) => {
    const world = aWorld();
    world.steps.work = (files) => {
      files["work.txt"] = "done";
      cancel(world);
      return {};
    };
    expect((await world.run()).outcome.kind).toBe("cancelled");
    expect(traces(world)).toMatchObject({ pulls: 0, branch: null, claims: [] });
  });
});

describe("a trigger that starts no task", () => {
  test("that is ignored touches nothing at all", async () => {
    const world = aWorld();
    const { outcome } = await world.run({ trigger: { kind: "ignored", reason: "r" } });
    expect(outcome).toEqual({ kind: "ignored", reason: "r" });
    expect(world.github.script.calls).toEqual([]);
  });

  test("of somebody who may not is denied, and explained once", async () => {
    const world = aWorld();
    const sender = { login: "mallory", type: "User" } as const;
    for (const happenedAt of ["2026-01-02T03:04:05Z", "2026-01-02T04:00:00Z"]) {
      const { outcome } = await world.run({ trigger: aTrigger(world.issue, { sender, happenedAt }) });
      expect(outcome.kind).toBe("denied");
    }
    expect(traces(world)).toEqual({ ...NOTHING, comments: ["agent_task_result"] });
    expect(world.git.script.calls).toEqual([]);
  });

  test("of a body that does not parse is refused before anything is cloned, with the field and an example", async () => {
    const world = aWorld({ body: '<!-- agent_task_metadata {"task_id": "no spaces"} -->' });
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "invalid-task",
      step: "authorise",
    });
    expect(world.git.script.calls).toEqual([]);
    expect(world.github.bodiesOn(7)).toEqual([expect.stringMatching(/`task_id`[\s\S]*## Instruction/)]);
  });
});

describe("what goes wrong outside", () => {
  test("in a report warns, and the task is done all the same", async () => {
    const world = aWorld();
    const refused = new TaskFailure("missing-permission", "issues: write");
    world.github.script.plan("createComment", refused, refused);
    world.github.script.plan("addLabels", refused);
    world.github.script.plan("replaceLabels", refused);
    expect((await world.run()).outcome.kind).toBe("opened");
    expect(world.log.texts("warning")).toHaveLength(4);
    expect(traces(world)).toMatchObject({ pulls: 1, claims: [] });
  });

  test("in our own code is one line on the issue and a stack in the log", async () => {
    const world = aWorld();
    world.git.script.plan("snapshot", new TypeError("x is not a function"));
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "unexpected",
      detail: "x is not a function",
    });
    expect(world.log.texts("info")).toContainEqual(
      expect.stringContaining("TypeError: x is not a function\n    at "),
    );
    expect(traces(world)).toMatchObject({ claims: [], stores: 0 });
  });

  test.each([
    "checkout",
    "switchTo",
    "snapshot",
    "stat",
    "push",
  ])("in git's %s leaves neither claim nor store", async (call) => {
    const world = aWorld();
    world.git.script.plan(call, new TaskFailure("git-failed", "no network"));
    expect((await world.run()).outcome).toMatchObject({ kind: "failed", code: "git-failed" });
    expect(traces(world)).toMatchObject({ claims: [], stores: 0, labels: ["copilot-agent", "agent-failed"] });
  });

  test("in the claim fails the task, and gives the checkout back", async () => {
    const world = aWorld();
    world.git.script.plan("createRef", new TaskFailure("missing-permission", "contents: write"));
    expect((await world.run()).outcome).toMatchObject({ code: "missing-permission", step: "checkout" });
    expect(traces(world)).toMatchObject({ stores: 0, branch: null });
  });

  test("before there is an issue is told without one", async () => {
    const world = aWorld();
    const trigger = {
      kind: "dispatch" as const,
      dispatch: aDispatch(world.issue, { issue: null, issueNumber: 99 }),
    };
    expect((await world.run({ trigger })).outcome).toMatchObject({ code: "issue-not-found" });
    expect(traces(world)).toEqual(NOTHING);
  });
});

test("a run that could not even begin is reported with its failure alone", () => {
  const report = reportOfNothing(aRun(), new TaskFailure("invalid-input", "The input `x`"));
  expect(report).toMatchObject({
    issue: null,
    taskId: null,
    attempt: 1,
    outcome: { kind: "failed", code: "invalid-input", step: "authorise" },
  });
});
