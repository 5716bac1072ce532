import { describe, expect, test } from "@jest/globals";
import { commitTrailers, metadataComment } from "../../src/naming.ts";
import { chooseStart } from "../../src/start.ts";
import type { PullRequest } from "../../src/task.ts";
import { someSettings } from "../builders/settings.ts";
import { aPullRequest, aTask } from "../builders/task.ts";
import { aWorld, type World } from "../fakes/world.ts";

const TASK = aTask();
const OURS = {
  by: someSettings().committer,
  from: "main",
  message: `Work\n\n${commitTrailers(TASK).join("\n")}\n`,
};

async function startIn({ github, remote }: World, task = TASK) {
  const [base = "", branch = null] = ["main", task.branch].map((name) =>
    remote.refs.get(`refs/heads/${name}`),
  );
  return await chooseStart({ target: github.api }, task, { base, branch }, someSettings());
}

describe("a task's work", () => {
  test("starts from the base where its branch is not there yet, without asking GitHub", async () => {
    const world = aWorld();
    const oid = world.remote.refs.get("refs/heads/main");
    expect(await startIn(world)).toEqual({ oid, branchTip: null, builtUpon: false });
    expect(world.github.script.calls).toEqual([]);
  });

  test("starts from the base again where the branch holds our own commit of the last try, which it may replace", async () => {
    const world = aWorld();
    const branchTip = world.remote.grow(TASK.branch, { "a.txt": "a" }, OURS);
    expect(await startIn(world)).toEqual({
      oid: world.remote.refs.get("refs/heads/main"),
      branchTip,
      builtUpon: false,
    });
  });

  test("is built upon the commits that somebody else pushed to the branch", async () => {
    const world = aWorld();
    world.remote.grow(TASK.branch, { "a.txt": "a" }, OURS);
    const branchTip = world.remote.grow(TASK.branch, { "b.txt": "b" });
    expect(await startIn(world)).toEqual({ oid: branchTip, branchTip, builtUpon: true });
  });

  test("is built upon our own words under another committer: a person has amended them", async () => {
    const world = aWorld();
    const branchTip = world.remote.grow(
      TASK.branch,
      { "a.txt": "a" },
      { from: "main", message: OURS.message },
    );
    expect(await startIn(world)).toMatchObject({ oid: branchTip, builtUpon: true });
  });

  test("starts from the base where a merged pull request has brought somebody's commits home by another commit", async () => {
    const world = aWorld();
    const oid = world.remote.grow(TASK.branch, { "b.txt": "b" }, { from: "main" });
    const head = { ...aPullRequest().head, ref: TASK.branch, oid };
    world.github.pulls.push(aPullRequest({ state: "closed", merged: true, head }));
    expect(await startIn(world)).toMatchObject({
      oid: world.remote.refs.get("refs/heads/main"),
      builtUpon: false,
    });
  });

  test("is built upon what was pushed after that merge", async () => {
    const world = aWorld();
    const oid = world.remote.grow(TASK.branch, { "b.txt": "b" }, { from: "main" });
    world.github.pulls.push(
      aPullRequest({
        state: "closed",
        merged: true,
        head: { ...aPullRequest().head, ref: TASK.branch, oid },
      }),
    );
    const branchTip = world.remote.grow(TASK.branch, { "c.txt": "c" });
    expect(await startIn(world)).toMatchObject({ oid: branchTip, builtUpon: true });
  });

  test("is built upon a branch that has no history in common with the base: whose it is cannot be told", async () => {
    const world = aWorld();
    const branchTip = world.remote.grow(TASK.branch, { "b.txt": "b" }, { from: "nowhere" });
    expect(await startIn(world)).toMatchObject({ oid: branchTip, builtUpon: true });
  });

  test("is built upon as many commits as GitHub compares, since more of them may be somebody's", async () => {
    const world = aWorld();
    world.remote.grow(TASK.branch, { "0.txt": "" }, OURS);
    for (let index = 1; index < 250; index++)
      world.remote.grow(TASK.branch, { "0.txt": `${index}` }, { ...OURS, from: TASK.branch });
    expect(await startIn(world)).toMatchObject({ builtUpon: true });
  });

  test("cannot go to another task's open pull request, and the failure says whose it is and what to do", async () => {
    const world = aWorld();
    const oid = world.remote.grow(TASK.branch, { "a.txt": "a" }, OURS);
    const head = { ...aPullRequest().head, ref: TASK.branch, oid };
    world.github.pulls.push(aPullRequest({ body: metadataComment({ taskId: "other@1" }), head }));
    await expect(startIn(world)).rejects.toMatchObject({
      code: "invalid-input",
      detail: expect.stringMatching(
        /^The branch `agent-task-\S+` has the open pull request 42 of another task, `other@.1`\. Put `\{task-id\}` or /u,
      ),
    });
  });

  test.each<[string, Partial<PullRequest>]>([
    ["its own", { body: metadataComment(TASK) }],
    ["a closed one of another task", { body: metadataComment({ taskId: "other" }), state: "closed" }],
    ["a person's", { body: "Mine" }],
    [
      "one that only quotes another task's metadata",
      { body: `Like ${metadataComment({ taskId: "other" })}` },
    ],
  ])("may go to a branch with a pull request that is %s", async (_name, change) => {
    const world = aWorld();
    const branchTip = world.remote.grow(TASK.branch, { "a.txt": "a" }, OURS);
    const head = { ...aPullRequest().head, ref: TASK.branch, oid: branchTip };
    world.github.pulls.push(aPullRequest({ ...change, head }));
    expect(await startIn(world)).toMatchObject({ branchTip, builtUpon: false });
  });

  test("cannot go to the base itself, and the failure names both inputs", async () => {
    await expect(startIn(aWorld(), aTask({ branch: "main" }))).rejects.toMatchObject({
      code: "invalid-input",
      detail:
        "The branch `main` is also the base: a pull request needs two. Set `branch` or `base` to another one.",
    });
  });
});
