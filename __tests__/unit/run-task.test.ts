import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { branchFor, metadataComment } from "../../src/naming.ts";
import { NOTHING, traces } from "../fakes/traces.ts";
import { aBody, aWorld, DISPATCH, TARGET, TASK_ID } from "../fakes/world.ts";

const DIFF = "```diff\n+++ b/new.txt\n+hi\n```";

describe("a task whose command changes something", () => {
  test("ends with one branch, one pull request, one status comment, one result, one label, and no claim", async () => {
    const world = aWorld();
    const { outcome } = await world.run();
    expect(outcome).toMatchObject({ kind: "opened", branch: branchFor(world.issue, TASK_ID), notes: [] });
    expect(traces(world)).toEqual({
      pulls: 1,
      comments: ["agent_runner_status", "agent_task_result"],
      labels: ["copilot-agent", "agent-completed"],
      branch: { "README.md": "Hello\n", "work.txt": "done\n" },
      claims: [],
      stores: 0,
    });
    expect(world.log.texts("warning")).toEqual([]);
  });

  test("opens a pull request that begins with the task's metadata and closes the issue", async () => {
    const world = aWorld();
    await world.run();
    const [pull] = world.github.pulls;
    expect(pull?.body.startsWith(`${metadataComment({ taskId: TASK_ID })}\n\nFixes ${DISPATCH}#7\n`)).toBe(
      true,
    );
    expect(pull).toMatchObject({ title: "Add authentication", base: { ref: "main" }, draft: false });
  });

  test("commits with the task's trailers, by whom the workflow says", async () => {
    const world = aWorld();
    await world.run({ inputs: { author: "Mona <mona@example.org>" } });
    const commit = world.remote.tipOf(branchFor(world.issue, TASK_ID));
    expect(commit?.message).toMatch(
      new RegExp(`\n\nAgent-Task-Id: ${TASK_ID}\nAgent-Dispatch-Issue: ${DISPATCH}#7\n$`),
    );
    expect(commit).toMatchObject({
      author: { email: "mona@example.org" },
      committer: { name: "github-actions[bot]" },
    });
  });

  test("goes the stages in their order", async () => {
    const { stages } = await aWorld().run();
    expect(stages.map(({ stage }) => stage)).toEqual([
      "authorise",
      "checkout",
      "process",
      "check",
      "push",
      "pull-request",
    ]);
    expect(stages.every(({ endedAt }) => endedAt !== null)).toBe(true);
  });

  test("costs at most nine calls of the API, three of which create something", async () => {
    const world = aWorld();
    await world.run();
    const names = world.github.script.names();
    expect(names.length).toBeLessThanOrEqual(10);
    expect(names.filter((name) => name.startsWith("create")).sort()).toEqual([
      "createComment",
      "createComment",
      "createPullRequest",
    ]);
  });

  test("builds on the pull request that it names, into whose branch its own goes", async () => {
    const body = `<!-- agent_task_metadata {"task_id": "${TASK_ID}"} -->\n\n**Target:** pr \`${TARGET}#42\`\n\n## Instructions\n\nGo on`;
    const world = aWorld({ body });
    const oid = world.remote.grow("feature", { "feature.txt": "f" }, { from: "main" });
    const head = { repository: TARGET, ref: "feature", oid };
    world.github.pulls.push({
      number: 42,
      url: "",
      state: "open",
      merged: false,
      draft: false,
      title: "",
      body: "",
      head,
      base: { ref: "main" },
    });
    await world.run();
    expect(world.github.pulls[1]).toMatchObject({
      base: { ref: "feature" },
      body: expect.stringContaining("Builds on #42."),
    });
    expect(world.github.pulls[0]?.body).toBe("");
  });

  test("is titled by its id where it has no title", async () => {
    const world = aWorld({ title: "" });
    await world.run();
    expect(world.github.pulls[0]?.title).toBe(`Task ${TASK_ID}`);
  });

  test("asks for what the workflow wishes, and notes what could not be had", async () => {
    const world = aWorld();
    world.github.script.plan("addAssignees", new TaskFailure("github-refused", "no such person"));
    const { outcome } = await world.run({
      inputs: { "pr-labels": "bot", "pr-assignees": "nobody", "pr-draft": "true" },
    });
    expect(outcome).toMatchObject({
      kind: "opened",
      pullRequest: { draft: true },
      notes: [expect.stringContaining("assignees")],
    });
  });
});

describe("a task without a command", () => {
  test("has its diffs applied", async () => {
    const world = aWorld({ body: aBody(DIFF) });
    expect((await world.run({ inputs: { command: "" } })).outcome.kind).toBe("opened");
    expect(traces(world)).toMatchObject({ branch: { "new.txt": "hi\n" }, stores: 0 });
  });

  test("and without a diff makes no junk pull request, and tells how to configure a processor", async () => {
    const world = aWorld();
    const { outcome } = await world.run({ inputs: { command: "" } });
    expect(outcome).toMatchObject({
      kind: "no-changes",
      reason: expect.stringContaining("set the input `command`"),
    });
    expect(traces(world)).toEqual({
      ...NOTHING,
      comments: ["agent_runner_status", "agent_task_result"],
      labels: ["copilot-agent", "agent-completed"],
    });
  });
});
