import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { investigate, openSource } from "../../../src/investigate.ts";
import type { StepEnd } from "../../../src/ports.ts";
import { someSettings } from "../../builders/settings.ts";
import { aTask } from "../../builders/task.ts";
import { aWorld, type Inputs } from "../../fakes/world.ts";

const TASK = aTask();

/** What the command makes of the task where its step ends so; by default it has changed something. */
async function processed(end: Partial<StepEnd>, inputs: Inputs = {}, world = aWorld()) {
  const settings = someSettings({ command: "make it so\n", ...inputs });
  world.steps.work = (files) => {
    files["work.txt"] = "half\n";
    return end;
  };
  const source = await openSource(world.ports, TASK, settings);
  const investigation = await investigate(world.ports, TASK, settings, source);
  return { ...investigation, world };
}

function result(value: object): Partial<StepEnd> {
  return { result: JSON.stringify(value) };
}

describe("the command", () => {
  test("is run in the checkout of the start, with the task's files, for as long as the workflow says", async () => {
    const { world } = await processed({}, { "timeout-minutes": "0.01" });
    expect(world.steps.steps).toEqual([
      expect.objectContaining({
        script: "make it so\n",
        directory: [...world.git.workTrees.keys()][0],
        input: TASK.instruction,
        timeoutMs: 600,
        resultVariable: "AGENT_RESULT_FILE",
        files: expect.objectContaining({ AGENT_INSTRUCTION_FILE: TASK.instruction }),
        environment: expect.objectContaining({ AGENT_TASK_ID: TASK.taskId, AGENT_ATTEMPT: "1" }),
      }),
    ]);
    expect(world.log.texts("group")).toEqual(["Processing step"]);
  });

  test("that succeeds has made the tree of its checkout", async () => {
    const { proposal, failure, tree, world } = await processed(result({ summary: "Did it" }));
    expect(failure).toBeNull();
    expect(proposal).toMatchObject({ kind: "changes", tree, result: { summary: "Did it" } });
    expect(world.remote.trees.get(tree)).toEqual({ "README.md": "Hello\n", "work.txt": "half\n" });
  });

  test.each<[string, Partial<StepEnd>, string, string]>([
    [
      "ends with another status than 0",
      { end: { kind: "exit", code: 3 } },
      "command-failed",
      "Its exit status was 3.",
    ],
    [
      "is ended by a signal",
      { end: { kind: "signal", signal: "SIGKILL" } },
      "command-failed",
      "It was ended by the signal SIGKILL.",
    ],
    [
      "takes too long",
      { end: { kind: "timeout" } },
      "timeout",
      "It was stopped after 30 minutes (`timeout-minutes`).",
    ],
    ["is cancelled", { end: { kind: "cancelled" } }, "cancelled", "The processing step was stopped."],
    [
      "says that it failed",
      result({ status: "failed" }),
      "step-failed",
      "The step said so in its result file.",
    ],
    ["leaves a result that is no JSON", { result: "{" }, "invalid-result", "does not hold JSON"],
    [
      "leaves a result that cannot be read",
      { result: new TaskFailure("invalid-result", "It is a pipe.") },
      "invalid-result",
      "It is a pipe.",
    ],
  ])("that %s has failed, with its last words and its half-done work", async (_how, end, code, detail) => {
    const { failure, tree, world } = await processed({ outputTail: "the end", ...end });
    expect(failure).toMatchObject({ code, detail: expect.stringContaining(detail) });
    if (code !== "invalid-result") expect(failure?.quote).toBe("the end");
    expect(world.remote.trees.get(tree)).toHaveProperty(["work.txt"]);
  });

  test("that says why it failed is quoted with that, rather than with its output", async () => {
    const { failure } = await processed({
      outputTail: "noise",
      ...result({ status: "failed", summary: "No tests" }),
    });
    expect(failure?.quote).toBe("No tests");
  });

  test("that failed is told of, also where its work cannot be taken", async () => {
    const world = aWorld();
    world.git.script.plan("snapshot", new TaskFailure("git-failed", "A broken tree."));
    const end = { end: { kind: "timeout" as const } };
    await expect(processed(end, {}, world)).rejects.toMatchObject({ code: "timeout" });
  });

  test("leaves no store behind where its work cannot be taken", async () => {
    const world = aWorld();
    world.git.script.plan("snapshot", new TaskFailure("git-failed", "A broken tree."));
    await expect(processed({}, {}, world)).rejects.toMatchObject({ code: "git-failed" });
    expect(world.git.left()).toBe(1);
    expect(world.git.script.names().filter((name) => name === "dispose")).toHaveLength(1);
  });

  test("must be there where its processor is named", async () => {
    await expect(processed({}, { command: "", processor: "command" })).rejects.toMatchObject({
      code: "invalid-input",
    });
  });
});
