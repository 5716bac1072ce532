import { describe, expect, test } from "@jest/globals";
import type { Claim } from "../../../src/claim.ts";
import { TaskFailure } from "../../../src/failure.ts";
import { createReporter } from "../../../src/report/reporter.ts";
import type { Outcome } from "../../../src/task.ts";
import { someSettings } from "../../builders/settings.ts";
import { anOutcome, aRun } from "../../builders/task.ts";
import { aWorld, type Inputs, TASK_ID, type World } from "../../fakes/world.ts";

type Won = Extract<Claim, { kind: "won" }>;

/** Reports a task from its begin to its end; the steps that were taken, in their order. */
async function reported(outcome: Outcome, inputs: Inputs = {}, world: World = aWorld()) {
  const order: string[] = [];
  const claim: Won = {
    kind: "won",
    release: async () => {
      order.push(...world.github.script.names(), "release");
    },
  };
  const reporter = createReporter(world.ports, someSettings(inputs), aRun());
  const situation = { statusCommentId: null, results: [], commentCount: 0 };
  Object.assign(reporter.findings, { issue: world.issue, taskId: TASK_ID, situation });
  reporter.progress.enter("authorise");
  reporter.begin(claim);
  const report = await reporter.finish(outcome);
  return { report, world, order, bodies: world.github.bodiesOn(7) };
}

describe("the report of a task", () => {
  test("is one status comment and one result, and the claim is given back last", async () => {
    const { bodies, order, world } = await reported(anOutcome());
    expect(bodies).toEqual([
      expect.stringContaining("agent_runner_status"),
      expect.stringContaining("agent_task_result"),
    ]);
    expect(order.at(-1)).toBe("release");
    expect(order.filter((name) => name === "createComment")).toHaveLength(2);
    expect(world.github.issue(7).labels).toEqual(["copilot-agent", "agent-completed"]);
  });

  test("has no status comment where the workflow wants none, and still its result", async () => {
    const { bodies } = await reported(anOutcome(), { "status-comment": "false" });
    expect(bodies).toEqual([expect.stringContaining("agent_task_result")]);
  });

  test("has no labels where the workflow wants none", async () => {
    const { world, bodies } = await reported(anOutcome(), { "state-labels": "false" });
    expect(world.github.issue(7).labels).toEqual(["copilot-agent"]);
    expect(bodies).toHaveLength(2);
  });

  test("leaves nothing of a duplicate", async () => {
    const { world, bodies } = await reported({ kind: "duplicate", reason: "r" });
    expect(bodies).toEqual([]);
    expect(world.github.issue(7).labels).toEqual(["copilot-agent"]);
  });

  test("that cannot be written warns, changes nothing of the outcome, and still gives the claim back", async () => {
    const world = aWorld();
    const refused = new TaskFailure("missing-permission", "issues: write");
    world.github.script.plan("createComment", refused, refused);
    world.github.script.plan("addLabels", refused);
    world.github.script.plan("replaceLabels", refused);
    const { report, order } = await reported(anOutcome(), {}, world);
    expect(report.outcome).toEqual(anOutcome());
    expect(world.log.texts("warning")).toHaveLength(4);
    expect(order.at(-1)).toBe("release");
  });

  test("warns where the claim cannot be given back", async () => {
    const world = aWorld();
    const reporter = createReporter(world.ports, someSettings(), aRun());
    reporter.begin({
      kind: "won",
      release: async () => {
        throw new TaskFailure("git-failed", "no network");
      },
    });
    expect((await reporter.finish(anOutcome())).outcome.kind).toBe("opened");
    expect(world.log.texts("warning")).toEqual([expect.stringContaining("no network")]);
  });

  test("ends the comment and the label alone where the result is told already", async () => {
    const world = aWorld();
    const reporter = createReporter(world.ports, someSettings(), aRun());
    Object.assign(reporter.findings, { issue: world.issue, taskId: TASK_ID });
    await reporter.finish(anOutcome(), true);
    expect(world.github.bodiesOn(7)).toEqual([]);
    expect(world.github.issue(7).labels).toContain("agent-completed");
  });

  test("counts the attempts by the results before it, of which a denial is none", async () => {
    const world = aWorld();
    const reporter = createReporter(world.ports, someSettings(), aRun());
    const past = {
      commentId: 1,
      outcome: "failed",
      failureCode: null,
      attempt: 1,
      runUrl: "",
      createdAt: "",
    };
    Object.assign(reporter.findings, {
      situation: {
        statusCommentId: null,
        results: [past, { ...past, outcome: "denied" }, past],
        commentCount: 3,
      },
    });
    expect((await reporter.finish(anOutcome())).attempt).toBe(3);
  });

  test("writes nothing where no issue was found", async () => {
    const world = aWorld();
    await createReporter(world.ports, someSettings(), aRun()).finish(anOutcome());
    expect(world.github.script.calls).toEqual([]);
  });
});
