import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { readInputs } from "../../../src/input-kinds.ts";
import { actOnOperation, type OperationOrder } from "../../../src/investigation/act-on-operation.ts";
import { ACT_INPUTS } from "../../../src/investigation/inputs.ts";
import { digestOf, type InvestigationReport, renderReport } from "../../../src/investigation/report.ts";
import { anOperationReport, aTaskReport } from "../../builders/report.ts";
import { someSettings } from "../../builders/settings.ts";
import { aRun } from "../../builders/task.ts";
import { aWorld, DISPATCH, type World } from "../../fakes/world.ts";

const POLICY = ".github/operations.yml";
const RESOURCE = "deployment/web";

/** A world in which the environment's reviewer has approved the run. */
function anApprovedWorld(): World {
  const world = aWorld();
  world.github.environments.set("agent-approval", { users: ["mona"], teams: [] });
  world.github.reviews.push({ state: "approved", by: "mona", comment: "", environments: ["agent-approval"] });
  world.steps.work = () => ({});
  return world;
}

/** Hands the report over and acts on it; the base has not moved unless the report says so. */
function act(
  world: World,
  change: Partial<InvestigationReport> = {},
  order: Partial<OperationOrder> = {},
  command = "restart",
) {
  const base_commit = world.remote.refs.get("refs/heads/main") ?? null;
  const content = renderReport({ ...anOperationReport(), base_commit, ...change });
  const digest = digestOf(content);
  world.artifacts.set(`/${digest}`, content);
  const inputs = readInputs(ACT_INPUTS, (name) => (name === "token" ? "t" : ""));
  return actOnOperation(
    world.ports,
    someSettings({ command }),
    { ...inputs, resource: RESOURCE, reportFile: `/${digest}`, reportDigest: digest, ...order },
    aRun(),
    {
      eventName: "workflow_dispatch",
      payload: { sender: { login: "octocat", type: "User" } },
      repository: DISPATCH,
    },
  );
}

function marksIn({ remote }: World): string[] {
  return [...remote.refs.keys()].filter((ref) => ref.startsWith("refs/agent-runner/acts/"));
}

describe("an approved operation", () => {
  test("is marked as begun before its command runs, in a checkout of the base", async () => {
    const world = anApprovedWorld();
    const seen: unknown[] = [];
    world.steps.work = (files) => {
      seen.push(marksIn(world).length, Object.keys(files));
      return {};
    };
    expect(await act(world)).toMatchObject({ outcome: { kind: "acted" }, approval: { by: "mona" } });
    expect(seen).toEqual([1, ["README.md"]]);
    expect(world.steps.steps).toMatchObject([
      {
        script: "restart",
        resultVariable: "AGENT_RESULT_FILE",
        files: { AGENT_REPORT_FILE: expect.stringContaining('"resource": "deployment/web"') },
        environment: {
          AGENT_RESOURCE: RESOURCE,
          AGENT_ACTION: "restart_service",
          AGENT_TRIGGER_SOURCE: "alert",
          AGENT_TRACE_ID: "trace-1",
        },
      },
    ]);
    expect(world.git.left()).toBe(0);
  });

  test("leaves a trail from its sender to its end", async () => {
    const world = anApprovedWorld();
    await act(world);
    expect(world.audit.steps()).toEqual([
      "authorise: pending",
      "authorise: success",
      "authorise: success",
      "check: pending",
      "approve: success",
      "check: success",
      "checkout: pending",
      "checkout: success",
      "process: pending",
      "process: success",
      "outcome: success",
    ]);
    expect(world.audit.entries.at(-1)).toMatchObject({
      resource: RESOURCE,
      metadata: { outcome: "acted" },
    });
  });

  test("begins nothing where the trail must be delivered and is not", async () => {
    const world = anApprovedWorld();
    world.audit.refuseWith(new TaskFailure("audit-failed", "The sink is down."));
    expect(await act(world)).toMatchObject({ outcome: { kind: "failed", code: "audit-failed" } });
    expect(marksIn(world)).toEqual([]);
    expect(world.steps.steps).toEqual([]);
  });

  test("whose mark cannot be made does not run", async () => {
    const world = anApprovedWorld();
    world.git.script.plan("createRef", new TaskFailure("missing-permission", "It takes contents: write."));
    expect(await act(world)).toMatchObject({ outcome: { kind: "failed", code: "missing-permission" } });
    expect(world.steps.steps).toEqual([]);
  });

  test("without a command begins nothing", async () => {
    const world = anApprovedWorld();
    expect((await act(world, {}, {}, "")).outcome).toMatchObject({ kind: "failed", code: "invalid-input" });
    expect(marksIn(world)).toEqual([]);
  });

  test("that was cancelled says so, with what it had done", async () => {
    const world = anApprovedWorld();
    world.steps.work = () => {
      world.cancellation.abort(new TaskFailure("cancelled", "Somebody cancelled it."));
      return { end: { kind: "cancelled" }, result: '{"changes_made": ["Stopped pod 1."]}' };
    };
    expect(await act(world)).toMatchObject({
      outcome: { kind: "cancelled" },
      carriedOut: { details: { changes_made: ["Stopped pod 1."] } },
    });
    expect(world.git.left()).toBe(0);
  });

  test("runs for the context and the action that the workflow tells, however they are written", async () => {
    const told = { action: "restart_service", actionContext: { replicas: 3, environment: "staging" } };
    expect((await act(anApprovedWorld(), {}, told)).outcome.kind).toBe("acted");
    const given = JSON.parse('{"n": -0, "b": {"d": 1, "c": [1.0]}, "a": 1e400}');
    const context = JSON.parse(JSON.stringify(given));
    expect((await act(anApprovedWorld(), { context }, { actionContext: given })).outcome.kind).toBe("acted");
  });

  test("that was wanted and is not proposed is none", async () => {
    const world = anApprovedWorld();
    const content = { ...anOperationReport(), action: null };
    expect((await act(world, content, { action: "restart_service" })).outcome.kind).toBe("ignored");
  });

  test.each<[string, Partial<InvestigationReport>, Partial<OperationOrder>, object]>([
    ["another resource", {}, { resource: "db" }, { code: "report-mismatch" }],
    ["another action than is wanted", {}, { action: "delete_service" }, { code: "report-mismatch" }],
    ["another context", {}, { actionContext: { replicas: 4 } }, { code: "report-mismatch" }],
    ["a context where there is none", {}, { actionContext: {} }, { code: "report-mismatch" }],
    [
      "no context where there is one",
      { context: {} },
      { actionContext: { a: 1 } },
      { code: "report-mismatch" },
    ],
    ["a task", { ...aTaskReport({ paths: ["a.md"] }), resource: RESOURCE }, {}, { code: "report-mismatch" }],
    ["a base that has moved", { base_commit: "9".repeat(40) }, {}, { code: "base-moved" }],
    ["no base", { base_commit: null }, {}, { code: "base-moved" }],
    ["no action", { action: null }, {}, { kind: "ignored" }],
    ["another run", { run_id: "1" }, {}, { code: "report-mismatch" }],
  ])("does not run for a report on %s", async (_what, change, order, outcome) => {
    const world = anApprovedWorld();
    expect((await act(world, change, order)).outcome).toMatchObject(outcome);
    expect(world.steps.steps).toEqual([]);
    expect(marksIn(world)).toEqual([]);
    expect(world.git.left()).toBe(0);
  });
});

describe("a rate", () => {
  const inputs = { operationsPolicy: POLICY };

  function aLimitedWorld(): World {
    const world = anApprovedWorld();
    const rules = ["allowed_actions: [{ type: '*' }]", "rate_limits: { restart_service: 1/hour }"];
    world.github.files.set(POLICY, ["name: test", "version: 1", ...rules].join("\n"));
    return world;
  }

  test("is never passed, though several act at once", async () => {
    const world = aLimitedWorld();
    const all = ["1", "2", "3"].map((trace_id) => act(world, { trace_id }, inputs));
    const kinds = (await Promise.all(all)).map(({ outcome }) => outcome.kind);
    expect(kinds.filter((kind) => kind === "acted").length).toBeLessThanOrEqual(1);
    expect(kinds.filter((kind) => kind === "denied").length).toBeGreaterThanOrEqual(2);
    expect(marksIn(world)).toHaveLength(world.steps.steps.length);
  });

  test("that cannot be asked for takes the mark back, so that a later try may begin", async () => {
    const world = aLimitedWorld();
    world.git.script.before("createRef", () =>
      world.github.script.plan("textFile", new TaskFailure("github-unavailable", "No answer.")),
    );
    expect((await act(world, {}, inputs)).outcome).toMatchObject({ code: "github-unavailable" });
    expect(marksIn(world)).toEqual([]);
    expect((await act(world, {}, inputs)).outcome.kind).toBe("acted");
  });

  test("does not count the act itself, so that a second try is told as what it is", async () => {
    const world = aLimitedWorld();
    expect((await act(world, {}, inputs)).outcome.kind).toBe("acted");
    expect((await act(world, {}, inputs)).outcome.kind).toBe("duplicate");
    expect((await act(world, { trace_id: "2" }, inputs)).outcome.kind).toBe("denied");
    await world.clock.pass(3_600_000);
    const later = { trace_id: "3", expires_at: "2026-01-03T00:00:00.000Z" };
    expect((await act(world, later, inputs)).outcome.kind).toBe("acted");
  });
});
