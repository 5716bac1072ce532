import { describe, expect, test } from "@jest/globals";
import { auditing } from "../../../src/audit/auditing.ts";
import { TaskFailure } from "../../../src/failure.ts";
import type { GitHub } from "../../../src/ports.ts";
import { runTask } from "../../../src/run-task.ts";
import { aTrigger } from "../../builders/dispatch.ts";
import { someSettings } from "../../builders/settings.ts";
import { aRun } from "../../builders/task.ts";
import { aWorld, DISPATCH, type Inputs, TARGET, type World } from "../../fakes/world.ts";

/** Runs the world's task with every write taken down. */
function run(world: World, inputs: Inputs = {}) {
  const settings = someSettings({ command: "work", ...inputs });
  return runTask(auditing(world.ports), settings, aRun(), aTrigger(world.issue));
}

function entriesOf(world: World, step: string) {
  return world.audit.entries.filter(({ metadata }) => metadata.step === step);
}

describe("the audit trail of a run", () => {
  test("has the wish, each stage, each decision, each write and the end", async () => {
    const world = aWorld();
    await run(world);
    const steps = world.audit.steps().filter((step) => !/comment|labels/.test(step));
    expect(steps).toEqual([
      ...["trigger: success", "authorise: pending", "authorise: success", "authorise: success"],
      ...["checkout: pending", "create-ref: success", "checkout: success"],
      ...[
        "process: pending",
        "command: pending",
        "command: success",
        "proposal: success",
        "process: success",
      ],
      ...["check: pending", "limits: success", "check: success"],
      ...["push: pending", "push: success", "push: success"],
      ...["pull-request: pending", "create-pull-request: success", "pull-request: success"],
      ...["outcome: success", "delete-ref: success"],
    ]);
    expect(entriesOf(world, "outcome")[0]).toMatchObject({
      resource: `${DISPATCH}#7`,
      metadata: { outcome: "opened", failure_code: null },
    });
  });

  test("has comments and labels by what they are on, without their texts", async () => {
    const world = aWorld();
    await run(world);
    expect(entriesOf(world, "create-comment").map(({ resource }) => resource)).toEqual([
      `${DISPATCH}#7 comment`,
      `${DISPATCH}#7 comment`,
    ]);
    expect(JSON.stringify(world.audit.entries)).not.toContain("Do the work.");
  });

  test("has a human who asked, an agent who worked, and a system that wrote", async () => {
    const world = aWorld();
    await run(world);
    expect(entriesOf(world, "trigger")[0]).toMatchObject({ actor: "human", metadata: { sender: "octocat" } });
    expect(entriesOf(world, "command").map(({ actor }) => actor)).toEqual(["agent", "agent"]);
    expect(entriesOf(world, "create-pull-request")[0]).toMatchObject({ actor: "system" });
  });

  test("has the model's usage, as the step told it", async () => {
    const world = aWorld();
    const result = JSON.stringify({ usage: { model: "m-1", turns: 3 } });
    world.steps.work = () => ({ result });
    await run(world);
    expect(entriesOf(world, "proposal")[0]?.metadata.usage).toEqual({ model: "m-1", turns: 3 });
  });

  test("has who was refused, and why", async () => {
    const world = aWorld();
    world.github.permissions.set("octocat", "read");
    await run(world);
    expect(entriesOf(world, "authorise").map(({ status }) => status)).toEqual([
      "pending",
      "denied",
      "denied",
    ]);
    expect(entriesOf(world, "outcome")[0]).toMatchObject({ status: "denied" });
  });

  test("has what the limits refused", async () => {
    const world = aWorld();
    await run(world, { "protected-paths": "**" });
    expect(entriesOf(world, "limits")[0]).toMatchObject({
      ...{ actionType: "policy_check", status: "denied", resource: TARGET },
      metadata: { failure_code: "protected-path" },
    });
    expect(entriesOf(world, "push")).toEqual([]);
  });

  test("has a write whose answer was lost as an error", async () => {
    const world = aWorld();
    world.github.script.plan("createPullRequest", "lost after");
    await run(world);
    expect(entriesOf(world, "create-pull-request")[0]).toMatchObject({
      status: "error",
      metadata: { failure: "answer-lost" },
    });
  });

  test("has every write of GitHub's port, also one that is added to it", async () => {
    const world = aWorld();
    const { dispatch } = auditing(world.ports);
    const plain = world.ports.dispatch;
    const writes = (Object.keys(plain) as (keyof GitHub)[]).filter((name) => dispatch[name] !== plain[name]);
    const reads = (Object.keys(plain) as (keyof GitHub)[]).filter((name) => !writes.includes(name));
    expect(reads.filter((name) => /^(?:create|update|delete|close|add|replace|request)/.test(name))).toEqual(
      [],
    );
    expect(writes.length).toBeGreaterThanOrEqual(12);
  });

  test("comes before the push: where it must be delivered and cannot be, nothing is pushed", async () => {
    const world = aWorld();
    world.audit.refuseWith(new TaskFailure("audit-failed", "2 of 9 audit events could not be delivered."));
    const report = await run(world);
    expect(report.outcome).toMatchObject({ kind: "failed", code: "audit-failed", step: "push" });
    expect([...world.remote.refs.keys()].filter((ref) => ref.startsWith("refs/heads/agent-task"))).toEqual(
      [],
    );
    expect(world.github.script.names()).not.toContain("createPullRequest");
  });
});
