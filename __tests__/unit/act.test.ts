import { describe, expect, test } from "@jest/globals";
import { act } from "../../src/act.ts";
import { createProgress } from "../../src/progress.ts";
import type { Outcome, Proposal, StepResult } from "../../src/task.ts";
import { someSettings } from "../builders/settings.ts";
import { aRun, aTask } from "../builders/task.ts";
import { aWorld, type Inputs, type World } from "../fakes/world.ts";

const TASK = aTask();

interface Given {
  proposal?: Partial<Proposal>;
  result?: StepResult;
  inputs?: Inputs;
  stop?: Outcome | null;
}

/** Acts on a proposal that adds a file to the base. */
async function acted({ proposal, result = {}, inputs, stop = null }: Given, world = aWorld()) {
  const store = await world.git.open("");
  const oid = world.remote.refs.get("refs/heads/main") ?? "";
  const tree = world.remote.addTree({ "README.md": "Hello\n", "work.txt": "done" });
  const start = {
    oid,
    branchTip: world.remote.refs.get(`refs/heads/${TASK.branch}`) ?? null,
    builtUpon: false,
  };
  const whole = {
    kind: "changes",
    task: TASK,
    start,
    tree,
    result,
    outputTail: "",
    leftOut: [],
    ...proposal,
  } as Proposal;
  const progress = createProgress(world.clock, () => {});
  const stat = await store.stat(oid, tree);
  const settings = someSettings(inputs);
  const told: string[] = [];
  const action = {
    proposal: whole,
    store,
    stat,
    settings,
    run: aRun(),
    progress,
    pushed: (commit: string) => told.push(commit),
    confirm: async () => stop,
  };
  return { outcome: await act(world.ports, action), world, progress, told };
}

function tip({ remote }: World) {
  return remote.tipOf(TASK.branch);
}

describe("acting on a proposal", () => {
  test("tells what is on the branch before it opens the pull request", async () => {
    const { told, world } = await acted({});
    expect(told).toEqual([world.remote.refs.get(`refs/heads/${TASK.branch}`)]);
  });

  test("says so where the pull request that the task names could not be built on", async () => {
    const { outcome, world } = await acted({ proposal: { task: aTask({ targetPullRequest: 41 }) } });
    const note = expect.stringMatching(/pull request that the task names, number 41, .* starts from `main`/);
    expect(outcome).toMatchObject({ notes: [note] });
    expect(world.github.pulls[0]?.body).toContain("number 41");
  });

  test("commits it on its start, pushes it and opens a pull request that shows it", async () => {
    const { outcome, world } = await acted({
      result: { title: "A title", summary: "What I did", commit_message: "Do it\n\nWell" },
    });
    expect(outcome).toMatchObject({ kind: "opened", branch: TASK.branch });
    expect(tip(world)?.message).toMatch(/^Do it\n\nWell\n\nAgent-Task-Id: /);
    expect(world.github.pulls[0]).toMatchObject({
      title: "A title",
      body: expect.stringContaining("What I did"),
    });
    expect(world.github.pulls[0]?.body).toContain("work.txt");
  });

  test("takes the workflow's own words for commit and pull request before the step's", async () => {
    const { world } = await acted({
      result: { title: "A title", commit_message: "Do it" },
      inputs: { "commit-message": "bot: {title}", "pr-title": "[bot] {title} ({issue})" },
    });
    expect(tip(world)?.message).toMatch(/^bot: A title\n/);
    expect(world.github.pulls[0]?.title).toBe("[bot] A title (your-org/dispatch#7)");
  });

  test("writes nothing where the run is stopped right before", async () => {
    const stop: Outcome = { kind: "cancelled", reason: "closed" };
    const { outcome, world } = await acted({ stop });
    expect(outcome).toEqual(stop);
    expect([tip(world), world.github.pulls]).toEqual([null, []]);
  });

  test("stops a run without changes too", async () => {
    const stop: Outcome = { kind: "duplicate", reason: "done" };
    expect((await acted({ stop, proposal: { kind: "needs-input", question: "q" } })).outcome).toEqual(stop);
  });

  test("refuses what is beyond the limits before anything is pushed", async () => {
    const world = aWorld();
    await expect(acted({ inputs: { "protected-paths": "work.txt" } }, world)).rejects.toMatchObject({
      code: "protected-path",
    });
    expect(tip(world)).toBeNull();
  });

  test("makes a draft of what touches protected paths, where the workflow wants that", async () => {
    const { outcome } = await acted({ inputs: { "protected-paths": "work.txt", "on-protected": "draft" } });
    expect(outcome).toMatchObject({
      pullRequest: { draft: true },
      notes: [expect.stringContaining("**Look closely**")],
    });
  });

  test("tells what was left out of the work", async () => {
    const { outcome, world } = await acted({ proposal: { leftOut: ["`node_modules` is ignored"] } });
    expect(outcome).toMatchObject({ notes: ["`node_modules` is ignored"] });
    expect(world.github.pulls[0]?.body).toContain("is ignored");
  });

  test("tells reviewers where the step says that it changed nothing, and files say otherwise", async () => {
    const { outcome, world } = await acted({ result: { status: "no_change" } });
    expect(outcome).toMatchObject({ kind: "opened", notes: [expect.stringContaining("(`no_change`)")] });
    expect(world.github.pulls[0]?.body).toContain("files did change");
    expect((await acted({ result: { status: "changed" } })).outcome).toMatchObject({ notes: [] });
  });

  test("leaves a branch alone that holds exactly this already", async () => {
    const world = aWorld();
    const oid = world.remote.grow(TASK.branch, { "work.txt": "done" }, { from: "main" });
    expect((await acted({}, world)).outcome).toMatchObject({ kind: "opened", commit: oid });
    expect(world.git.script.names()).not.toContain("push");
  });

  test("does not push over commits that came meanwhile", async () => {
    const world = aWorld();
    world.git.script.before("push", () =>
      world.remote.grow(TASK.branch, { "theirs.txt": "x" }, { from: "main" }),
    );
    await expect(acted({}, world)).rejects.toMatchObject({
      code: "push-rejected",
      detail: expect.stringContaining(TASK.branch),
    });
    expect(world.remote.filesOn(TASK.branch)).toHaveProperty(["theirs.txt"]);
  });

  test("has nothing to open where the base holds everything by now", async () => {
    const world = aWorld();
    world.github.script.before("createPullRequest", () => {
      world.remote.refs.set("refs/heads/main", world.remote.refs.get(`refs/heads/${TASK.branch}`) ?? "");
    });
    expect((await acted({}, world)).outcome).toEqual({
      kind: "no-changes",
      reason: `\`main\` already holds everything on \`${TASK.branch}\`.`,
      quote: null,
    });
  });

  test("has nothing to push of a question, or of no changes, whose words it passes on", async () => {
    expect((await acted({ proposal: { kind: "needs-input", question: "Which?" } })).outcome).toEqual({
      kind: "needs-input",
      question: "Which?",
    });
    const none = { kind: "no-changes", reason: "Nothing.", outputTail: "last words" } as const;
    expect((await acted({ proposal: none })).outcome).toEqual({
      kind: "no-changes",
      reason: "Nothing.",
      quote: "last words",
    });
    expect((await acted({ proposal: none, result: { summary: "It works" } })).outcome).toMatchObject({
      quote: "It works",
    });
  });

  test("tells of what was made and is not in the work tree, also where nothing else was", async () => {
    const leftOut = ["The branch `fix` that the step made.", "Ignored by `.gitignore`: `out/`."];
    const none = { kind: "no-changes", reason: "Nothing.", leftOut } as const;
    expect((await acted({ proposal: none })).outcome).toMatchObject({
      reason: "Nothing. The branch `fix` that the step made. Ignored by `.gitignore`: `out/`.",
    });
  });

  test("enters the stages as it comes to them", async () => {
    const { progress } = await acted({});
    expect(progress.stages.map(({ stage }) => stage)).toEqual(["push", "pull-request"]);
  });
});
