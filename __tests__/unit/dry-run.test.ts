import { describe, expect, test } from "@jest/globals";
import { rehearsing, withoutWrites } from "../../src/dry-run.ts";
import type { GitHub } from "../../src/ports.ts";
import type { Rehearsed } from "../../src/report/report.ts";
import { runTask } from "../../src/run-task.ts";
import type { Trigger } from "../../src/task.ts";
import { aTrigger } from "../builders/dispatch.ts";
import { someSettings } from "../builders/settings.ts";
import { anOutcome, aRun } from "../builders/task.ts";
import { aWorld, DISPATCH, type Inputs, TARGET, type World } from "../fakes/world.ts";

const READS = [
  "viewer",
  "repository",
  "permission",
  "issue",
  "issuesLabelled",
  "comments",
  "pullRequest",
  "pullRequestsFrom",
  "commitsAhead",
  "workflowRun",
  "labellingsSince",
  "commentsSince",
  "labelledBy",
  "environmentReviewers",
  "runReviews",
  "textFile",
];

async function rehearsed(world: World, inputs: Inputs = {}, trigger: Trigger = aTrigger(world.issue)) {
  const writes: Rehearsed[] = [];
  const ports = rehearsing(world.ports, (write) => writes.push(write));
  const report = await runTask(ports, someSettings({ command: "work", ...inputs }), aRun(), trigger);
  return { report, writes, names: writes.map(({ what }) => what) };
}

describe("a dry run", () => {
  test("does all but write, and shows the patch, the pull request and the comments that would have been", async () => {
    const world = aWorld();
    const { report, names, writes } = await rehearsed(world, {
      "pr-labels": "bot",
      "pr-reviewers": "mona",
      "pr-assignees": "hub",
    });
    expect(report.outcome.kind).toBe("opened");
    expect(names.toSorted()).toEqual(
      [
        "The patch",
        `Push the branch ${report.task?.branch}`,
        `Open a pull request in ${TARGET}, ${report.task?.branch} → main: Add authentication`,
        `Comment on ${DISPATCH}#7`,
        `Comment on ${DISPATCH}#7`,
        `Label ${DISPATCH}#7: agent-processing`,
        `Set the labels of ${DISPATCH}#7: copilot-agent, agent-completed`,
        `Label ${TARGET}#0: bot`,
        `Ask for review on ${TARGET}#0: mona`,
        `Assign ${TARGET}#0: hub`,
      ].toSorted(),
    );
    expect(writes.find(({ what }) => what === "The patch")).toMatchObject({
      text: expect.stringContaining("work.txt"),
      format: "diff",
    });
  });

  test("leaves GitHub and git as they were", async () => {
    const world = aWorld();
    const refs = new Map(world.remote.refs);
    await rehearsed(world, { "pr-labels": "bot" });
    expect(world.github.script.names().filter((name) => !READS.includes(name))).toEqual([]);
    expect(world.remote.refs).toEqual(refs);
    expect(world.git.left()).toBe(0);
  });

  test("files no issue for a whole task, and goes on as if it had", async () => {
    const world = aWorld();
    const payload = {
      taskId: "t-9",
      instruction: "Do it",
      title: null,
      userId: null,
      targetRepository: TARGET,
    };
    const sender = { login: "octocat", type: "User" as const };
    const { report, names } = await rehearsed(
      world,
      {},
      { kind: "unfiled", repository: DISPATCH, sender, payload },
    );
    expect(report.outcome.kind).toBe("opened");
    expect(names[0]).toBe(`File an issue in ${DISPATCH}: Do it`);
    expect(world.github.issues).toHaveLength(1);
  });

  test("holds every write of GitHub's port back, also one that is added to it", async () => {
    const world = aWorld();
    const { dispatch } = rehearsing(world.ports, () => {});
    const writes = Object.keys(dispatch).filter(
      (name) => name !== "now" && !READS.includes(name),
    ) as (keyof GitHub)[];
    for (const name of writes) await (dispatch[name] as (...args: unknown[]) => unknown)(DISPATCH, 7, [], []);
    expect(writes.length).toBeGreaterThan(10);
    expect(world.github.script.names().filter((name) => !READS.includes(name))).toEqual([]);
  });

  test("is marked as one in the audit trail", async () => {
    const world = aWorld();
    await rehearsed(world);
    expect(world.audit.entries.length).toBeGreaterThan(5);
    expect(world.audit.entries.filter(({ metadata }) => metadata.dry_run !== true)).toEqual([]);
  });

  test("ends with what it did: nothing", () => {
    expect(withoutWrites(anOutcome())).toMatchObject({
      kind: "no-changes",
      reason: expect.stringContaining("would have opened"),
    });
    expect(withoutWrites({ kind: "denied", reason: "r" })).toEqual({ kind: "denied", reason: "r" });
  });
});
