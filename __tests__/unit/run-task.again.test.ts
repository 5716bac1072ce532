import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { branchFor } from "../../src/naming.ts";
import type { Dispatch } from "../../src/task.ts";
import { aTrigger } from "../builders/dispatch.ts";
import { anIssue } from "../builders/issue.ts";
import type { Fault } from "../fakes/recorded.ts";
import { SOMEBODY } from "../fakes/remote.ts";
import { aBody, aWorld, DISPATCH, TASK_ID, type World } from "../fakes/world.ts";

/** What must be once, whatever happened on the way. */
function counts({ github, remote, git }: World) {
  const bodies = github.bodiesOn(7);
  return {
    branches: [...remote.refs.keys()].filter((ref) => ref.startsWith("refs/heads/agent-task-")).length,
    open: github.pulls.filter(({ state }) => state === "open").length,
    status: bodies.filter((body) => body.includes("<!-- agent_runner_status")).length,
    results: bodies.filter((body) => body.includes("<!-- agent_task_result")).length,
    labels: github.issue(7).labels.filter((label) => label.startsWith("agent-")),
    claims: [...remote.refs.keys()].filter((ref) => ref.startsWith("refs/agent-runner/")).length,
    stores: git.left(),
  };
}

const ONCE = {
  branches: 1,
  open: 1,
  status: 1,
  results: 1,
  labels: ["agent-completed"],
  claims: 0,
  stores: 0,
};

/** The task is asked for once more, an hour after its last result. */
function again(world: World, change: Partial<Dispatch> = {}) {
  const happenedAt = new Date(world.clock.now().getTime() + 3_600_000).toISOString();
  return aTrigger(world.issue, { happenedAt, ...change });
}

describe("a task that is asked for again", () => {
  test("keeps its branch, its pull request and its status comment, and gets one more result", async () => {
    const world = aWorld();
    await world.run();
    world.steps.work = (files) => {
      files["work.txt"] = "better\n";
      return {};
    };
    const { outcome, attempt } = await world.run({ run: { id: "2" }, trigger: again(world) });
    expect([outcome.kind, attempt]).toEqual(["updated", 2]);
    expect(counts(world)).toEqual({ ...ONCE, results: 2 });
    expect(world.remote.filesOn(branchFor(world.issue, TASK_ID))).toEqual({
      "README.md": "Hello\n",
      "work.txt": "better\n",
    });
  });

  test("tells its step which attempt it is", async () => {
    const world = aWorld();
    await world.run();
    await world.run({ run: { id: "2" }, trigger: again(world) });
    expect(world.steps.steps.map(({ environment }) => environment.AGENT_ATTEMPT)).toEqual(["1", "2"]);
  });

  test("by running its run again is tried again, without a new event", async () => {
    const world = aWorld();
    await world.run();
    const { outcome } = await world.run({ run: { attempt: 2, url: "https://github.com/r/1/attempts/2" } });
    expect(outcome.kind).toBe("updated");
    expect(counts(world)).toEqual({ ...ONCE, results: 2 });
  });

  test("by hand is tried again, also without the label", async () => {
    const world = aWorld();
    await world.run();
    world.github.issue(7).labels = [];
    world.github.runs.set(2, { createdAt: "2026-01-02T05:00:00Z", ended: false });
    const trigger = again(world, { event: "workflow_dispatch", manual: true, happenedAt: null, issue: null });
    expect((await world.run({ run: { id: "2" }, trigger })).outcome.kind).toBe("updated");
  });

  test("does what the issue says by now where it is asked for by hand", async () => {
    const world = aWorld();
    await world.run();
    world.github.issue(7).body = world.issue.body.replace("Do the work.", "Do it otherwise.");
    await world.run({ run: { id: "2" }, trigger: again(world, { manual: true, issue: null }) });
    expect(world.steps.steps.map(({ input }) => input)).toEqual(["Do the work.", "Do it otherwise."]);
  });

  test("pushes nothing where the work is the same, and tells of the newest attempt all the same", async () => {
    const world = aWorld();
    await world.run();
    const tip = world.remote.refs.get(`refs/heads/${branchFor(world.issue, TASK_ID)}`);
    await world.run({ run: { id: "2", url: "https://github.com/r/2" }, trigger: again(world) });
    expect(world.remote.refs.get(`refs/heads/${branchFor(world.issue, TASK_ID)}`)).toBe(tip);
    expect(world.github.pulls[0]?.body).toContain("https://github.com/r/2");
  });

  test("never overwrites what somebody else pushed to its branch: it builds on it, and says so", async () => {
    const world = aWorld();
    await world.run();
    const branch = branchFor(world.issue, TASK_ID);
    const theirs = world.remote.grow(branch, { "theirs.txt": "by hand" }, { by: SOMEBODY });
    world.steps.work = (files) => {
      files["more.txt"] = "more";
      return {};
    };
    const { outcome } = await world.run({ run: { id: "2" }, trigger: again(world) });
    expect(outcome).toMatchObject({
      kind: "updated",
      notes: [expect.stringContaining("Built upon commits")],
    });
    expect(world.remote.tipOf(branch)?.parents).toEqual([theirs]);
    expect(Object.keys(world.remote.filesOn(branch) ?? {})).toEqual([
      "README.md",
      "more.txt",
      "theirs.txt",
      "work.txt",
    ]);
  });

  test.each([
    ["closed", false],
    ["merged", true],
  ])("opens a new pull request where the last one was %s, from today's base, and says so", async (end, merged) => {
    const world = aWorld();
    await world.run();
    Object.assign(world.github.pulls[0] ?? {}, { state: "closed", merged });
    const base = world.remote.grow("main", { "newer.txt": "newer" });
    const { outcome } = await world.run({ run: { id: "2" }, trigger: again(world) });
    expect(outcome).toMatchObject({
      kind: "opened",
      pullRequest: { number: 101 },
      notes: [expect.stringContaining(`was ${end}`)],
    });
    expect(world.remote.tipOf(branchFor(world.issue, TASK_ID))?.parents).toEqual([base]);
    expect(world.github.pulls[0]?.state).toBe("closed");
  });

  test("that was denied to somebody else meanwhile is still done for whoever may, as the first attempt", async () => {
    const world = aWorld();
    const mallory = { login: "mallory", type: "User" } as const;
    await world.run({
      trigger: aTrigger(world.issue, { sender: mallory, happenedAt: "2026-01-02T03:05:00Z" }),
    });
    const { outcome, attempt } = await world.run({ run: { id: "2" } });
    expect([outcome.kind, attempt]).toEqual(["opened", 1]);
    expect(world.steps.steps.map(({ environment }) => environment.AGENT_ATTEMPT)).toEqual(["1"]);
  });
});

describe("two tasks and one input branch", () => {
  function secondTask(world: World) {
    const issue = anIssue({ repository: DISPATCH, number: 8, body: aBody("Do more.", "t-2") });
    world.github.issues.push(structuredClone(issue));
    return aTrigger(issue);
  }

  test("are refused for the second, before its step runs, while the first has the pull request", async () => {
    const world = aWorld();
    const inputs = { branch: "agent/work" };
    await world.run({ inputs });
    const tip = world.remote.refs.get("refs/heads/agent/work");
    const { outcome } = await world.run({ inputs, run: { id: "2" }, trigger: secondTask(world) });
    expect(outcome).toMatchObject({ kind: "failed", code: "invalid-input" });
    expect([world.steps.steps.length, world.github.pulls.length]).toEqual([1, 1]);
    expect(world.remote.refs.get("refs/heads/agent/work")).toBe(tip);
  });

  test.each([["agent/{issue}"], ["{task-id}"]])("have a pull request each with %s", async (branch) => {
    const world = aWorld();
    await world.run({ inputs: { branch } });
    const trigger = secondTask(world);
    const { outcome } = await world.run({ inputs: { branch }, run: { id: "2" }, trigger });
    expect([outcome.kind, world.github.pulls.length]).toEqual(["opened", 2]);
  });
});

describe("an event that comes twice", () => {
  test("after its result is a duplicate, and writes nothing", async () => {
    const world = aWorld();
    await world.run();
    const before = world.github.script.calls.length;
    const { outcome } = await world.run({ run: { id: "2" } });
    expect(outcome).toEqual({ kind: "duplicate", reason: "the event is from before the task's last result" });
    const reads = ["comments", "viewer", "permission", "repository"];
    expect(
      world.github.script
        .names()
        .slice(before)
        .filter((name) => !reads.includes(name)),
    ).toEqual([]);
  });

  test("at once is done by one run, and the others are quiet duplicates", async () => {
    const world = aWorld();
    for (let id = 1; id <= 8; id++) world.github.runs.set(id, { createdAt: "", ended: false });
    const ids = Array.from({ length: 8 }, (_, index) => String(index + 1));
    const ends = await Promise.all(ids.map((id) => world.run({ run: { id } })));
    expect(ends.map(({ outcome }) => outcome.kind).sort()).toEqual([...Array(7).fill("duplicate"), "opened"]);
    expect(counts(world)).toEqual(ONCE);
    expect(world.steps.steps).toHaveLength(1);
  });

  test("is done once where the first run begins and ends between the second one's look and its claim", async () => {
    const world = aWorld();
    world.git.script.before("createRef", async () => {
      world.git.script.before("createRef", () => {});
      await world.run({ run: { id: "1" } });
    });
    const { outcome } = await world.run({ run: { id: "2" } });
    expect(outcome).toEqual({ kind: "duplicate", reason: "another run has just finished the task" });
    expect(counts(world)).toEqual(ONCE);
  });

  test("is refused once where its body does not parse", async () => {
    const world = aWorld({ body: "<!-- agent_task_metadata {broken -->" });
    await Promise.all(["1", "2"].map((id) => world.run({ run: { id, url: `https://github.com/r/${id}` } })));
    expect(counts(world)).toMatchObject({ status: 0, results: 1, labels: ["agent-failed"] });
  });
});

describe("a run that was killed", () => {
  /** Runs as far as that call of git's, and no further: nothing is told, nothing is given back. */
  async function killedAt(world: World, call: string) {
    const killed = new Promise<void>((resolve) => {
      world.git.script.before(call, () => {
        resolve();
        return new Promise(() => {});
      });
    });
    void world.run({ run: { id: "1" } });
    await killed;
    world.github.runs.set(1, { createdAt: "", ended: true });
  }

  test.each([
    "snapshot",
    "stat",
    "push",
  ])("at %s is followed by one that does the task, with the same status comment", async (call) => {
    const world = aWorld();
    await killedAt(world, call);
    const { outcome } = await world.run({ run: { id: "2" } });
    expect(outcome.kind).toBe("opened");
    expect(counts(world)).toMatchObject({ ...ONCE, stores: expect.any(Number) });
  });

  test("and may not be looked at is followed by one that waits for the end of its lease", async () => {
    const world = aWorld();
    await killedAt(world, "push");
    const refused = new TaskFailure("missing-permission", "actions: read");
    world.github.script.plan("workflowRun", refused, refused);
    expect((await world.run({ run: { id: "2" } })).outcome.kind).toBe("duplicate");
    await world.clock.pass(46 * 60_000);
    expect((await world.run({ run: { id: "3" } })).outcome.kind).toBe("opened");
  });
});

describe("a lost answer", () => {
  const WRITES = ["createComment", "updateComment", "addLabels", "replaceLabels", "createPullRequest"];
  const FAULTS: Fault[] = ["lost before", "lost after"];

  test.each(
    WRITES.flatMap((call) => FAULTS.map((fault) => [call, fault] as const)),
  )("of %s, %s it took effect, leaves everything once", async (call, fault) => {
    const world = aWorld();
    world.github.script.plan(call, fault);
    expect((await world.run()).outcome.kind).toBe("opened");
    expect(counts(world)).toEqual(ONCE);
  });

  test("of the push of somebody else's commits is told of, and a retry builds on them", async () => {
    const world = aWorld();
    const branch = branchFor(world.issue, TASK_ID);
    world.git.script.before("push", () =>
      world.remote.grow(branch, { "theirs.txt": "by hand" }, { from: "main" }),
    );
    expect((await world.run()).outcome).toMatchObject({
      kind: "failed",
      code: "push-rejected",
      step: "push",
    });
    expect((await world.run({ run: { id: "2" }, trigger: again(world) })).outcome.kind).toBe("opened");
    expect(Object.keys(world.remote.filesOn(branch) ?? {})).toEqual(["README.md", "theirs.txt", "work.txt"]);
  });
});
