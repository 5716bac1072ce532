import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { branchFor, metadataComment } from "../../src/naming.ts";
import { reportOfNothing } from "../../src/run-task.ts";
import { aDispatch, aTrigger } from "../builders/dispatch.ts";
import { aRun } from "../builders/task.ts";
import { aBody, aWorld, DISPATCH, TARGET, TASK_ID, type World } from "../fakes/world.ts";

const DIFF = "```diff\n+++ b/new.txt\n+hi\n```";

/** Everything that the world holds of the task: what an outsider sees. */
function traces({ github, remote, git, issue }: World) {
  const branch = branchFor(issue, TASK_ID);
  return {
    pulls: github.pulls.length,
    comments: github.bodiesOn(7).map((body) => /<!-- (\w+)/.exec(body.split("\n").at(-1) ?? "")?.[1]),
    labels: github.issue(7).labels,
    branch: remote.filesOn(branch),
    claims: [...remote.refs.keys()].filter((ref) => ref.startsWith("refs/agent-runner/")),
    stores: git.left(),
  };
}

const NOTHING = { pulls: 0, comments: [], labels: ["copilot-agent"], branch: null, claims: [], stores: 0 };

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

describe("a task whose step", () => {
  test("asks a question needs input", async () => {
    const world = aWorld();
    world.steps.work = () => ({ result: '{"status": "needs_input", "question": "Which API?"}' });
    expect((await world.run()).outcome).toEqual({ kind: "needs-input", question: "Which API?" });
    expect(traces(world)).toMatchObject({
      pulls: 0,
      branch: null,
      claims: [],
      stores: 0,
      labels: ["copilot-agent", "agent-needs-input"],
    });
  });

  test("changes nothing says so, with the end of its output", async () => {
    const world = aWorld();
    world.steps.work = () => ({ outputTail: "Looked around." });
    expect((await world.run()).outcome).toMatchObject({ kind: "no-changes", quote: "Looked around." });
  });

  test("fails has failed at that step, with its last words", async () => {
    const world = aWorld();
    world.steps.work = () => ({ end: { kind: "exit", code: 2 }, outputTail: "boom" });
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "command-failed",
      step: "process",
      quote: "boom",
    });
    expect(traces(world)).toEqual({
      ...NOTHING,
      comments: ["agent_runner_status", "agent_task_result"],
      labels: ["copilot-agent", "agent-failed"],
    });
  });

  test("touches a protected file has failed at the check", async () => {
    const world = aWorld();
    world.steps.work = (files) => {
      files[".github/workflows/ci.yml"] = "on: push";
      return {};
    };
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "protected-path",
      step: "check",
    });
    expect(traces(world)).toMatchObject({ branch: null, claims: [], stores: 0 });
  });

  test("is cancelled is cancelled, and gives its claim back", async () => {
    const world = aWorld();
    world.steps.work = () => ({ end: { kind: "cancelled" } });
    expect((await world.run()).outcome.kind).toBe("cancelled");
    expect(traces(world)).toMatchObject({ labels: ["copilot-agent", "agent-failed"], claims: [], stores: 0 });
  });
});

describe("a run that is cancelled", () => {
  test("ends as cancelled, whatever fell over on the way", async () => {
    const world = aWorld();
    world.steps.work = () => {
      world.cancellation.abort(new TaskFailure("cancelled", "The run was cancelled (SIGINT)."));
      throw new Error("The step's process is gone.");
    };
    const { outcome } = await world.run();
    expect(outcome).toEqual({ kind: "cancelled", reason: "The run was cancelled (SIGINT)." });
    expect(traces(world)).toMatchObject({
      comments: ["agent_runner_status", "agent_task_result"],
      claims: [],
      stores: 0,
    });
  });

  test.each([
    ["closing the issue", (world: World) => Object.assign(world.github.issue(7), { state: "closed" })],
    ["taking the label off", (world: World) => Object.assign(world.github.issue(7), { labels: [] })],
  ])("by %s pushes nothing", async (_how, cancel) => {
    const world = aWorld();
    world.steps.work = (files) => {
      files["work.txt"] = "done";
      cancel(world);
      return {};
    };
    expect((await world.run()).outcome.kind).toBe("cancelled");
    expect(traces(world)).toMatchObject({ pulls: 0, branch: null, claims: [] });
  });
});

describe("a trigger that starts no task", () => {
  test("that is ignored touches nothing at all", async () => {
    const world = aWorld();
    const { outcome } = await world.run({ trigger: { kind: "ignored", reason: "r" } });
    expect(outcome).toEqual({ kind: "ignored", reason: "r" });
    expect(world.github.script.calls).toEqual([]);
  });

  test("of somebody who may not is denied, and explained once", async () => {
    const world = aWorld();
    const sender = { login: "mallory", type: "User" } as const;
    for (const happenedAt of ["2026-01-02T03:04:05Z", "2026-01-02T04:00:00Z"]) {
      const { outcome } = await world.run({ trigger: aTrigger(world.issue, { sender, happenedAt }) });
      expect(outcome.kind).toBe("denied");
    }
    expect(traces(world)).toEqual({ ...NOTHING, comments: ["agent_task_result"] });
    expect(world.git.script.calls).toEqual([]);
  });

  test("of a body that does not parse is refused before anything is cloned, with the field and an example", async () => {
    const world = aWorld({ body: '<!-- agent_task_metadata {"task_id": "no spaces"} -->' });
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "invalid-task",
      step: "authorise",
    });
    expect(world.git.script.calls).toEqual([]);
    expect(world.github.bodiesOn(7)).toEqual([expect.stringMatching(/`task_id`[\s\S]*## Instruction/)]);
  });
});

describe("what goes wrong outside", () => {
  test("in a report warns, and the task is done all the same", async () => {
    const world = aWorld();
    const refused = new TaskFailure("missing-permission", "issues: write");
    world.github.script.plan("createComment", refused, refused);
    world.github.script.plan("addLabels", refused);
    world.github.script.plan("replaceLabels", refused);
    expect((await world.run()).outcome.kind).toBe("opened");
    expect(world.log.texts("warning")).toHaveLength(4);
    expect(traces(world)).toMatchObject({ pulls: 1, claims: [] });
  });

  test("in our own code is one line on the issue and a stack in the log", async () => {
    const world = aWorld();
    world.git.script.plan("snapshot", new TypeError("x is not a function"));
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "unexpected",
      detail: "x is not a function",
    });
    expect(world.log.texts("info")).toContainEqual(
      expect.stringContaining("TypeError: x is not a function\n    at "),
    );
    expect(traces(world)).toMatchObject({ claims: [], stores: 0 });
  });

  test.each([
    "checkout",
    "switchTo",
    "snapshot",
    "stat",
    "push",
  ])("in git's %s leaves neither claim nor store", async (call) => {
    const world = aWorld();
    world.git.script.plan(call, new TaskFailure("git-failed", "no network"));
    expect((await world.run()).outcome).toMatchObject({ kind: "failed", code: "git-failed" });
    expect(traces(world)).toMatchObject({ claims: [], stores: 0, labels: ["copilot-agent", "agent-failed"] });
  });

  test("in the claim fails the task, and gives the checkout back", async () => {
    const world = aWorld();
    world.git.script.plan("createRef", new TaskFailure("missing-permission", "contents: write"));
    expect((await world.run()).outcome).toMatchObject({ code: "missing-permission", step: "checkout" });
    expect(traces(world)).toMatchObject({ stores: 0, branch: null });
  });

  test("before there is an issue is told without one", async () => {
    const world = aWorld();
    const trigger = {
      kind: "dispatch" as const,
      dispatch: aDispatch(world.issue, { issue: null, issueNumber: 99 }),
    };
    expect((await world.run({ trigger })).outcome).toMatchObject({ code: "issue-not-found" });
    expect(traces(world)).toEqual(NOTHING);
  });
});

describe("a comment that asks", () => {
  const ASKED = { event: "issue_comment", manual: true, commentId: 555 } as const;

  test("gets eyes once its task is taken on", async () => {
    const world = aWorld();
    await world.run({ trigger: aTrigger(world.issue, ASKED) });
    expect(world.github.asked).toEqual(["eyes on 555"]);
  });

  test("gets none where another run is at work: a duplicate writes nothing", async () => {
    const world = aWorld();
    world.steps.work = async (files) => {
      files["work.txt"] = "done";
      await world.run({ run: { id: "2" }, trigger: aTrigger(world.issue, ASKED) });
      return {};
    };
    await world.run();
    expect(world.github.asked).toEqual([]);
  });

  test("that cannot get them is served all the same", async () => {
    const world = aWorld();
    world.github.script.plan("acknowledge", new TaskFailure("missing-permission", "no"));
    expect((await world.run({ trigger: aTrigger(world.issue, ASKED) })).outcome.kind).toBe("opened");
    expect(world.log.texts("warning")).toEqual([]);
  });
});

describe("a whole task from a backend", () => {
  const payload = {
    taskId: "t-9",
    instruction: "Do it",
    title: null,
    userId: null,
    targetRepository: TARGET,
  };
  const unfiled = {
    kind: "unfiled" as const,
    repository: DISPATCH,
    sender: { login: "octocat", type: "User" as const },
    payload,
  };

  test("is filed and done, and done once where it is sent twice at once", async () => {
    const world = aWorld();
    const ends = await Promise.all(["1", "2"].map((id) => world.run({ run: { id }, trigger: unfiled })));
    expect(ends.map(({ outcome }) => outcome.kind).sort()).toEqual(["duplicate", "opened"]);
    expect(world.github.pulls).toEqual([
      expect.objectContaining({ body: expect.stringContaining(`Fixes ${DISPATCH}#8`) }),
    ]);
  });

  test("is not filed for somebody who may not start tasks", async () => {
    const world = aWorld();
    const trigger = { ...unfiled, sender: { login: "other-bot[bot]", type: "Bot" as const } };
    expect((await world.run({ trigger })).outcome.kind).toBe("denied");
    expect(world.github.issues).toHaveLength(1);
  });
});

test("a run that could not even begin is reported with its failure alone", () => {
  const report = reportOfNothing(aRun(), new TaskFailure("invalid-input", "The input `x`"));
  expect(report).toMatchObject({
    issue: null,
    taskId: null,
    attempt: 1,
    outcome: { kind: "failed", code: "invalid-input", step: "authorise" },
  });
});
