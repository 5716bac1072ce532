import { describe, expect, test } from "@jest/globals";
import { rehearsing } from "../../src/dry-run.ts";
import type { Delivery } from "../../src/ports.ts";
import type { Rehearsed } from "../../src/report/report.ts";
import { runTask } from "../../src/run-task.ts";
import { aDispatch, aTrigger } from "../builders/dispatch.ts";
import { someSettings } from "../builders/settings.ts";
import { aRun } from "../builders/task.ts";
import { aBody, aWorld, DISPATCH, type World } from "../fakes/world.ts";

const PATH = ".github/agent-runner.yml";

/** A world whose dispatch repository has that policy file. */
function governed(policy: string): World {
  const world = aWorld();
  world.github.files.set(PATH, policy);
  return world;
}

/** A world that is called back; `problem`: so goes each call. */
function calledBack(problem?: Error): World & { deliveries: Delivery[] } {
  const world = aWorld();
  const deliveries: Delivery[] = [];
  const deliver = async (delivery: Delivery) => {
    deliveries.push(delivery);
    if (problem) throw problem;
  };
  world.ports.callback = { deliver };
  return { ...world, deliveries };
}

describe("a run under a policy", () => {
  test("costs no call where there is none", async () => {
    const world = aWorld();
    expect((await world.run()).outcome.kind).toBe("opened");
    expect(world.github.script.names()).not.toContain("textFile");
  });

  test("keeps within its limits", async () => {
    const world = governed("protected-paths: [work.txt]\n");
    const { outcome } = await world.run({ inputs: { "policy-file": PATH } });
    expect(outcome).toMatchObject({ kind: "failed", code: "protected-path" });
  });

  test("is denied, once on the issue, while the policy has switched it off, and goes on afterwards", async () => {
    const world = governed("enabled: false\nreason: Release week\n");
    const inputs = { "policy-file": PATH };
    expect((await world.run({ inputs })).outcome.kind).toBe("denied");
    expect((await world.run({ inputs })).outcome.kind).toBe("denied");
    expect(world.github.bodiesOn(7)).toEqual([
      expect.stringContaining("switched agent-runner off: Release week"),
    ]);
    expect(world.steps.steps).toEqual([]);
    world.github.files.set(PATH, "");
    expect((await world.run({ inputs })).outcome.kind).toBe("opened");
  });

  test("is denied by the switch of the workflow", async () => {
    const { outcome } = await aWorld().run({ inputs: { disabled: "Incident 42" } });
    expect(outcome).toEqual({ kind: "denied", reason: "agent-runner is switched off: Incident 42" });
  });

  test("fails, and runs nothing, where the policy cannot be read", async () => {
    const world = governed("enabeld: false\n");
    const { outcome } = await world.run({ inputs: { "policy-file": PATH } });
    expect(outcome).toMatchObject({ kind: "failed", code: "invalid-policy" });
    expect(world.steps.steps).toEqual([]);
  });

  test("tells a stranger nothing of a policy that cannot be read", async () => {
    const world = governed("enabeld: false\n");
    world.github.permissions.clear();
    const { outcome } = await world.run({ inputs: { "policy-file": PATH } });
    expect(outcome).toMatchObject({ kind: "denied", reason: expect.stringContaining("permission `none`") });
  });

  test("files no issue for a whole task while it is switched off", async () => {
    const world = governed("enabled: false\n");
    const payload = { taskId: "t-9", instruction: "Work", title: null, userId: null, targetRepository: null };
    const trigger = { kind: "unfiled", repository: DISPATCH, sender: world.issue.author, payload } as const;
    const { outcome } = await world.run({ inputs: { "policy-file": PATH }, trigger });
    expect(outcome.kind).toBe("denied");
    expect(world.github.script.names()).not.toContain("createIssue");
  });
});

describe("an instruction", () => {
  test("is the one that stood there when the label was set, and the result says that it was edited since", async () => {
    const world = aWorld();
    Object.assign(world.github.issue(7), { body: aBody("Do something else.") });
    expect((await world.run()).outcome.kind).toBe("opened");
    expect(world.steps.steps[0]?.input).toBe("Do the work.");
    expect(world.github.bodiesOn(7).at(-1)).toContain("was edited after the task was started");
  });

  test("is told of as edited where nothing had to be changed, too", async () => {
    const world = aWorld();
    world.steps.work = () => {
      Object.assign(world.github.issue(7), { body: aBody("Do something else.") });
      return {};
    };
    const { outcome } = await world.run();
    expect(outcome).toMatchObject({ kind: "no-changes", reason: expect.stringContaining("was edited") });
  });

  test("is the newest one where the task is asked for by hand", async () => {
    const world = aWorld();
    Object.assign(world.github.issue(7), { body: aBody("Do something else.") });
    const byHand = { event: "workflow_dispatch", manual: true, happenedAt: null, issue: null } as const;
    await world.run({ trigger: aTrigger(world.issue, byHand) });
    expect(world.steps.steps[0]?.input).toBe("Do something else.");
    expect(world.github.bodiesOn(7).at(-1)).not.toContain("was edited");
  });
});

describe("a callback", () => {
  test("is told of the end after the issue is, and before the claim is given back", async () => {
    const world = calledBack();
    let seen: string[] = [];
    const { deliver } = world.ports.callback ?? {};
    world.ports.callback = {
      async deliver(delivery) {
        seen = [...world.github.bodiesOn(7), ...world.remote.refs.keys()];
        await deliver?.(delivery);
      },
    };
    await world.run();
    expect(world.deliveries.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({ task_id: "t-1", outcome: "opened", attempt: 1 }),
    ]);
    expect(seen.some((text) => text.includes("<!-- agent_task_result"))).toBe(true);
    expect(seen.some((name) => name.startsWith("refs/agent-runner/claims/"))).toBe(true);
  });

  test("is told of failures, and of a task that does not parse", async () => {
    const world = calledBack();
    world.steps.work = () => ({ end: { kind: "exit", code: 1 } });
    await world.run();
    Object.assign(world.issue, { body: "<!-- agent_task_metadata {} -->", number: 8 });
    world.github.issues.push(world.issue);
    await world.run({ trigger: { kind: "dispatch", dispatch: aDispatch(world.issue) } });
    expect(world.deliveries.map(({ body }) => JSON.parse(body))).toMatchObject([
      { task_id: "t-1", failure_code: "command-failed" },
      { task_id: null, failure_code: "invalid-task" },
    ]);
  });

  test("is not told of duplicates, nor twice of somebody who is denied", async () => {
    const world = calledBack();
    await world.run();
    expect((await world.run()).outcome.kind).toBe("duplicate");
    expect(world.deliveries).toHaveLength(1);
    const other = calledBack();
    other.github.permissions.clear();
    await other.run();
    await other.run();
    expect(other.deliveries).toHaveLength(1);
  });

  test("that cannot be reached is a warning and no more", async () => {
    const world = calledBack(new Error("backend.example gave no answer"));
    expect((await world.run()).outcome.kind).toBe("opened");
    expect(world.log.texts("warning")).toEqual([
      "The callback was not delivered: Error: backend.example gave no answer",
    ]);
  });

  test("is rehearsed in a dry run, and not told", async () => {
    const world = calledBack();
    const rehearsed: Rehearsed[] = [];
    const ports = rehearsing(world.ports, (write) => rehearsed.push(write));
    await runTask(ports, someSettings({ command: "work" }), aRun(), aTrigger(world.issue));
    expect(world.deliveries).toEqual([]);
    expect(rehearsed.map(({ what }) => what)).toContain("Tell the callback");
  });
});
