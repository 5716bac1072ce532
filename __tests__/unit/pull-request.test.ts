import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { metadataComment } from "../../src/naming.ts";
import { decoratePullRequest, ensurePullRequest } from "../../src/pull-request.ts";
import { someSettings } from "../builders/settings.ts";
import { aPullRequest, aTask } from "../builders/task.ts";
import { aWorld, type World } from "../fakes/world.ts";

const TASK = aTask();
const PULL = {
  title: "New title",
  body: `${metadataComment(TASK)}\n\nNew`,
  head: TASK.branch,
  base: "main",
  draft: false,
};
const OLD_BODY = `${metadataComment(TASK)}\n\nOld`;

/** A world in which the task's branch has been pushed. */
function pushed(): World {
  const world = aWorld();
  world.remote.grow(TASK.branch, { "a.txt": "a" }, { from: "main" });
  return world;
}

function ensure({ ports }: World, fresh = false) {
  return ensurePullRequest(ports, TASK, PULL, fresh);
}

describe("the task's pull request", () => {
  test("is opened where the branch has none", async () => {
    const world = pushed();
    expect(await ensure(world)).toMatchObject({
      operation: "created",
      pullRequest: { number: 100, title: "New title" },
      notes: [],
    });
  });

  test("is not looked for where the branch did not exist before", async () => {
    const world = pushed();
    await ensure(world, true);
    expect(world.github.script.names()).toEqual(["createPullRequest"]);
  });

  test("that is open is brought up to date: its body is new, its title stays as people have it", async () => {
    const world = pushed();
    world.github.pulls.push(aPullRequest({ title: "A person's title", body: OLD_BODY }));
    expect(await ensure(world)).toMatchObject({
      operation: "updated",
      pullRequest: { number: 42, body: PULL.body },
      notes: [],
    });
    expect(world.github.pulls).toEqual([
      expect.objectContaining({ title: "A person's title", body: PULL.body }),
    ]);
  });

  test.each([
    ["closed", false],
    ["merged", true],
  ])("that was %s stays so, and the new one says so", async (end, merged) => {
    const world = pushed();
    world.github.pulls.push(aPullRequest({ state: "closed", merged, body: OLD_BODY }));
    expect(await ensure(world)).toMatchObject({
      operation: "created",
      notes: [`The branch's pull request before this one, number 42, was ${end} and stays so.`],
    });
    expect(world.github.pulls[0]).toMatchObject({ state: "closed", body: OLD_BODY });
  });

  test.each([
    ["a person's", "By hand"],
    ["another task's", metadataComment({ taskId: "another" })],
    ["one with our comment further down, which no backend would take for it", `By hand\n\n${OLD_BODY}`],
  ])("is not written over where the branch has %s", async (_whose, body) => {
    const world = pushed();
    world.github.pulls.push(aPullRequest({ body }));
    expect(await ensure(world)).toMatchObject({
      operation: "updated",
      notes: [
        "The branch has a pull request that is not this task's, number 42: its text was left as it is.",
      ],
    });
    expect(world.github.pulls).toEqual([expect.objectContaining({ body })]);
  });

  test("is one where the answer to its creation was lost", async () => {
    const world = pushed();
    world.github.script.plan("createPullRequest", "lost after");
    expect(await ensure(world, true)).toMatchObject({ operation: "created", pullRequest: { number: 100 } });
    expect(world.github.pulls).toHaveLength(1);
  });

  test("is opened again where the request was lost", async () => {
    const world = pushed();
    world.github.script.plan("createPullRequest", "lost before", "lost before");
    expect(await ensure(world)).toMatchObject({ operation: "created" });
    expect(world.github.pulls).toHaveLength(1);
  });

  test("is brought up to date where somebody opened it between the look and the creation", async () => {
    const world = pushed();
    world.github.script.before("createPullRequest", () =>
      world.github.pulls.push(aPullRequest({ body: OLD_BODY })),
    );
    expect(await ensure(world)).toMatchObject({ operation: "updated", pullRequest: { number: 42 } });
  });

  test("is updated again where the answer to the update was lost", async () => {
    const world = pushed();
    world.github.pulls.push(aPullRequest({ body: OLD_BODY }));
    world.github.script.plan("updatePullRequest", "lost before", "lost after");
    await ensure(world);
    expect(world.github.pulls[0]?.body).toBe(PULL.body);
  });

  test("is none where base and branch hold the same", async () => {
    const world = aWorld();
    world.remote.refs.set(`refs/heads/${TASK.branch}`, world.remote.refs.get("refs/heads/main") ?? "");
    expect(await ensure(world)).toBeNull();
  });

  test("that GitHub names and does not show is told of", async () => {
    const world = pushed();
    world.github.pulls.push(aPullRequest());
    const hidden = { ...world.ports, target: { ...world.ports.target, pullRequestsFrom: async () => [] } };
    await expect(ensurePullRequest(hidden, TASK, PULL, false)).rejects.toMatchObject({
      code: "github-unavailable",
    });
  });
});

describe("labels, reviewers and assignees", () => {
  const WISHES = {
    "pr-labels": "bot",
    "pr-reviewers": "mona",
    "pr-team-reviewers": "core",
    "pr-assignees": "hub",
  };

  test("are asked for where the workflow names them", async () => {
    const { ports, github } = aWorld();
    expect(await decoratePullRequest(ports, TASK, aPullRequest(), someSettings(WISHES))).toEqual([]);
    expect(github.asked).toEqual(["reviewer mona", "team core", "assignee hub"]);
    expect(github.script.calls[0]).toEqual({
      name: "addLabels",
      args: [TASK.target.repository, 42, ["bot"]],
    });
  });

  test("cost no call where it names none", async () => {
    const { ports, github } = aWorld();
    await decoratePullRequest(ports, TASK, aPullRequest(), someSettings());
    expect(github.script.calls).toEqual([]);
  });

  test("are each tried on their own: what fails is a note and a warning", async () => {
    const { ports, github, log } = aWorld();
    github.script.plan(
      "requestReviewers",
      new TaskFailure("github-refused", "422", { quote: "mona is the author" }),
    );
    expect(await decoratePullRequest(ports, TASK, aPullRequest(), someSettings(WISHES))).toEqual([
      "The reviewers could not be set; the run's log says why.",
    ]);
    expect(github.asked).toEqual(["team core", "assignee hub"]);
    expect(log.texts("warning")).toEqual([expect.stringContaining("mona is the author")]);
  });
});
