import { describe, expect, test } from "@jest/globals";
import { claimRef, claimTask } from "../../src/claim.ts";
import { finalise } from "../../src/finalise.ts";
import { type Findings, prepare } from "../../src/prepare.ts";
import { createReporter } from "../../src/report/reporter.ts";
import { writeResult } from "../../src/report/result-writer.ts";
import type { Outcome, Run, Trigger } from "../../src/task.ts";
import { aDispatch, aTrigger } from "../builders/dispatch.ts";
import { someSettings } from "../builders/settings.ts";
import { aFailedOutcome, aPullRequest, aReport, aRun } from "../builders/task.ts";
import { settle } from "../fakes/recorded.ts";
import { aWorld, DISPATCH, TARGET, TASK_ID, type World } from "../fakes/world.ts";

/** A world whose run was killed after it had claimed the task and begun to tell of it. */
async function killed() {
  const world = aWorld();
  const reporter = createReporter(world.ports, someSettings(), aRun());
  const findings: Findings = reporter.findings;
  await prepare(world.ports, someSettings(), aRun(), aDispatch(world.issue), findings);
  if (!findings.task) throw new Error("The task is not ready.");
  const claim = await claimTask(world.ports, findings.task, aRun(), 60_000);
  if (claim.kind === "won") reporter.begin(claim);
  await settle();
  return { ...world, task: findings.task };
}

function post(world: World, run: Partial<Run> = {}, trigger: Trigger = aTrigger(world.issue)) {
  return finalise(world.ports, someSettings(), aRun(run), trigger);
}

function seen({ github, remote, git }: World) {
  return {
    comments: github.bodiesOn(7).map((body) => /<!-- (\w+)/.exec(body.split("\n").at(-1) ?? "")?.[1]),
    labels: github.issue(7).labels,
    claims: [...remote.refs.keys()].filter((ref) => ref.startsWith("refs/agent-runner/")),
    stores: git.left(),
  };
}

const ENDED = {
  comments: ["agent_runner_status", "agent_task_result"],
  labels: ["copilot-agent", "agent-failed"],
  claims: [],
  stores: 0,
};

describe("after a run that was killed", () => {
  test("post tells that it was stopped, and gives its claim back", async () => {
    const world = await killed();
    expect((await post(world))?.outcome.kind).toBe("cancelled");
    expect(seen(world)).toEqual(ENDED);
    expect(world.github.bodiesOn(7)[0]).toContain("The run was cancelled");
  });

  test("post writes nothing the second time", async () => {
    const world = await killed();
    await post(world);
    expect(await post(world)).toBeNull();
    expect(seen(world)).toEqual(ENDED);
  });

  test("post tells of the pull request that the run had opened", async () => {
    const world = await killed();
    const { task } = world;
    const oid = world.remote.grow(task.branch, { "work.txt": "done" }, { from: "main" });
    const head = { repository: TARGET, ref: task.branch, oid };
    const body = `x [Run and log](${aRun().url})`;
    world.github.pulls.push(aPullRequest({ number: 100, body, head }));
    expect((await post(world))?.outcome).toMatchObject({
      kind: "opened",
      pullRequest: { number: 100 },
      commit: oid,
    });
    expect(seen(world)).toMatchObject({ labels: ["copilot-agent", "agent-completed"], claims: [] });
  });

  test("post does not take an earlier run's pull request for its own", async () => {
    const world = await killed();
    const head = { repository: TARGET, ref: world.task.branch, oid: "" };
    const body = `x [Run and log](${aRun().url}23)`;
    world.github.pulls.push(aPullRequest({ number: 100, body, head }));
    expect((await post(world))?.outcome.kind).toBe("cancelled");
  });

  test.each<[Outcome, string]>([
    [aFailedOutcome(), "agent-failed"],
    [{ kind: "needs-input", question: "q" }, "agent-needs-input"],
    [{ kind: "no-changes", reason: "r", quote: null }, "agent-completed"],
  ])("post ends comment, label and claim where the run had told its result already: %j", async (outcome, label) => {
    const world = await killed();
    await writeResult(world.ports, aReport({ issue: world.issue, taskId: TASK_ID, outcome }), [], true);
    const report = await post(world);
    expect(report).toMatchObject({ outcome: { kind: outcome.kind }, attempt: 1 });
    expect(seen(world)).toEqual({ ...ENDED, labels: ["copilot-agent", label] });
  });

  test("post does not count that somebody else was denied", async () => {
    const world = await killed();
    const denied: Outcome = { kind: "denied", reason: "r" };
    const run = aRun({ id: "9", url: "https://github.com/r/9" });
    const report = aReport({ issue: world.issue, taskId: TASK_ID, outcome: denied, run });
    await writeResult(world.ports, report, [], true);
    expect((await post(world))?.attempt).toBe(1);
  });

  test("post finds the issue that the run filed for a whole task", async () => {
    const world = aWorld();
    const payload = {
      taskId: TASK_ID,
      instruction: "Do the work.",
      title: null,
      userId: null,
      targetRepository: TARGET,
    };
    const sender = { login: "octocat", type: "User" as const };
    const trigger: Trigger = { kind: "unfiled", repository: DISPATCH, sender, payload };
    const { task } = await killed();
    await claimTask(world.ports, task, aRun(), 60_000);
    expect((await post(world, {}, trigger))?.outcome.kind).toBe("cancelled");
  });
});

describe("post has nothing to do", () => {
  test("where the claim is another run's, or another attempt's", async () => {
    const world = await killed();
    expect(await post(world, { id: "2" })).toBeNull();
    expect(await post(world, { attempt: 2 })).toBeNull();
    expect(seen(world).claims).toEqual([claimRef(world.task)]);
  });

  test("where the run ended by itself", async () => {
    const world = aWorld();
    await world.run();
    expect(await post(world)).toBeNull();
  });

  test.each<[string, Trigger]>([
    ["an ignored event", { kind: "ignored", reason: "r" }],
    [
      "a whole task that was never filed",
      {
        kind: "unfiled",
        repository: DISPATCH,
        sender: { login: "octocat", type: "User" },
        payload: { taskId: "t-9", instruction: "x", title: null, userId: null, targetRepository: null },
      },
    ],
  ])("after %s", async (_what, trigger) => {
    const world = aWorld();
    expect(await post(world, {}, trigger)).toBeNull();
    expect(seen(world).comments).toEqual([]);
  });

  test.each([
    ["does not parse", "<!-- agent_task_metadata {broken -->"],
    [
      "goes to where it may not",
      `<!-- agent_task_metadata {"task_id": "t", "target_repo": "other/x", "instruction": "x"} -->`,
    ],
  ])("after an issue that %s", async (_what, body) => {
    const world = aWorld({ body });
    expect(await post(world)).toBeNull();
    expect(world.git.script.calls).toEqual([]);
  });
});
