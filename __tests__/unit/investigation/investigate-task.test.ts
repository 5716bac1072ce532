import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { investigateTask } from "../../../src/investigation/investigate-task.ts";
import { readingOnly } from "../../../src/investigation/reading-only.ts";
import { digestOf, REPORT, renderReport } from "../../../src/investigation/report.ts";
import type { Ports } from "../../../src/ports.ts";
import type { Trigger } from "../../../src/task.ts";
import { aTrigger } from "../../builders/dispatch.ts";
import { someSettings } from "../../builders/settings.ts";
import { aRun } from "../../builders/task.ts";
import type { Work } from "../../fakes/steps.ts";
import { aWorld, type Inputs, TARGET, TASK_ID, type World } from "../../fakes/world.ts";

const ABOUT = { traceId: "trace-1", triggerSource: "issue", expiresAfterMinutes: 60 } as const;

interface Given {
  work?: Work;
  inputs?: Inputs;
  ports?: Partial<Ports>;
  trigger?: Trigger;
}

async function investigated({ work, inputs, ports, trigger }: Given = {}, world: World = aWorld()) {
  if (work) world.steps.work = work;
  const settings = someSettings({ command: "work", ...inputs });
  const reading = readingOnly({ ...world.ports, ...ports });
  return await investigateTask(reading, settings, aRun(), trigger ?? aTrigger(world.issue), ABOUT);
}

const CHANGE: Work = (files) => {
  files["work.txt"] = "done\n";
  return {};
};
const files =
  (names: string[], text = "x\n"): Work =>
  (tree) => {
    for (const name of names) tree[name] = text;
    return {};
  };

describe("a report on changes", () => {
  test("names the run, the task, the patch, the tree and what is advised", async () => {
    const world = aWorld();
    const { outcome, report, patch, stat, shown } = await investigated({}, world);
    expect(outcome).toEqual({ kind: "investigated" });
    expect(shown).toMatchObject({
      words: expect.stringContaining("Agent-Task-Id"),
      diff: expect.stringContaining("work.txt"),
    });
    expect(report).toMatchObject({
      timestamp: "2026-01-02T03:05:05.000Z",
      expires_at: "2026-01-02T04:05:05.000Z",
      trace_id: "trace-1",
      trigger_source: "issue",
      repository: "your-org/dispatch",
      run_id: "4711",
      run_attempt: 1,
      resource: TARGET,
      action: "open_pull_request",
      status: "changes",
      risk_level: "low",
      recommendation: "safe_to_proceed",
      safe_to_proceed: true,
      confidence: 0.5,
      base_commit: world.remote.refs.get("refs/heads/main"),
      patch_digest: digestOf(patch ?? Buffer.alloc(0)),
      task: { taskId: TASK_ID },
      proposal: { kind: "changes", paths: ["work.txt"] },
      failure: null,
    });
    expect(stat?.files).toBe(1);
    expect(REPORT.safeParse(JSON.parse(Buffer.from(renderReport(report as never)).toString()))).toMatchObject(
      {
        success: true,
      },
    );
  });

  test("leaves nothing at GitHub, and nothing on this machine", async () => {
    const world = aWorld();
    await investigated({}, world);
    expect([world.github.comments, world.github.issue(7).labels, world.github.asked]).toEqual([
      [],
      world.issue.labels,
      [],
    ]);
    expect([...world.remote.refs.keys()]).toEqual(["refs/heads/main"]);
    expect(world.git.left()).toBe(0);
  });

  test.each<[string, Given]>([
    [
      "touches what is protected and may pass as a draft",
      { inputs: { "protected-paths": "work.txt", "on-protected": "draft" } },
    ],
    [
      "touches what is protected and is allowed",
      { inputs: { "protected-paths": "work.txt", "on-protected": "allow" } },
    ],
    [
      "changes more files than people look at",
      { work: files(Array.from({ length: 21 }, (_, n) => `f${n}`)) },
    ],
    ["is too long to be shown whole", { work: files(["a"], "x\n".repeat(40_000)) }],
    [
      "has a commit message that is too long to be shown whole",
      {
        work: (tree, step) => ({
          ...CHANGE(tree, step),
          result: JSON.stringify({ commit_message: "a line\n".repeat(1400) }),
        }),
      },
    ],
  ])("that %s is of medium risk", async (_, given) => {
    const { outcome, report } = await investigated(given);
    expect(outcome.kind).toBe("investigated");
    expect(report).toMatchObject({
      risk_level: "medium",
      recommendation: "proceed_with_caution",
      safe_to_proceed: true,
      issues_found: [expect.any(String)],
    });
  });

  test("that is built upon somebody else's commits is of medium risk", async () => {
    const world = aWorld();
    const branch = (await investigated({}, world)).report?.task?.branch ?? "";
    world.remote.grow(branch, { "theirs.txt": "x" }, { from: "main" });
    const { report } = await investigated({}, world);
    expect(report).toMatchObject({ risk_level: "medium", proposal: { start: { builtUpon: true } } });
  });

  test.each<[string, Given, string, boolean]>([
    ["is protected", { inputs: { "protected-paths": "work.txt" } }, "protected-path", true],
    ["is too much", { inputs: { "max-files": "1" }, work: files(["a", "b"]) }, "too-large", true],
    [
      "is too long",
      {
        inputs: { "max-patch-kb": "1" },
        work: files(["a"], "x".repeat(2000)),
      },
      "too-large",
      false,
    ],
  ])("that %s would be refused: nobody is asked to approve it, and its patch is shown where it fits", async (_, given, code, hasPatch) => {
    const { outcome, report, patch, shown } = await investigated(given);
    expect(outcome).toMatchObject({ kind: "failed", code, step: "check" });
    expect(report).toMatchObject({
      risk_level: "high",
      recommendation: "manual_review_required",
      safe_to_proceed: false,
      failure: { code, step: "check" },
    });
    for (const part of [patch, report?.patch_digest, shown?.diff]) expect(part !== null).toBe(hasPatch);
    expect(shown?.words).toBeNull();
  });

  test("that holds a secret is refused, and shown to nobody", async () => {
    const found = { kind: "a key", line: 1, digest: null };
    const ports = {
      findSecrets: (content: string | Uint8Array) => (Buffer.from(content).includes("done") ? [found] : []),
    };
    const { outcome, report, patch, shown } = await investigated({ ports: ports as never });
    expect(outcome).toMatchObject({ kind: "failed", code: "secret-found" });
    expect([patch, report?.patch_digest, shown]).toEqual([null, null, { words: null, diff: null }]);
  });

  test("whose commit message holds a secret tells it to nobody", async () => {
    const found = { kind: "a key", line: 1, digest: null };
    const ports: Partial<Ports> = {
      findSecrets: (content) => (Buffer.from(content).includes("hunter2") ? [found] : []),
    };
    const work: Work = (tree) => {
      tree["work.txt"] = "done\n";
      return { result: JSON.stringify({ commit_message: "Log in with hunter2" }) };
    };
    const { outcome, report, shown } = await investigated({ work, ports });
    expect(outcome).toMatchObject({ code: "secret-found" });
    expect(JSON.stringify({ report, shown })).not.toContain("hunter2");
  });

  test("lists at most so many paths, and is of high risk where it cannot list all", async () => {
    const many = Array.from({ length: 2001 }, (_, n) => `f${n}`);
    const { outcome, report } = await investigated({ work: files(many), inputs: { "max-files": "3000" } });
    expect(outcome.kind).toBe("investigated");
    expect([report?.risk_level, report?.proposal?.paths.length]).toEqual(["high", 2000]);
  });
});

describe("a step's own assessment", () => {
  const assessing =
    (assessment: object): Work =>
    (tree, step) => ({ ...CHANGE(tree, step), result: JSON.stringify({ summary: "I did it.", assessment }) });

  test("raises the risk, and adds its words", async () => {
    const work = assessing({
      risk_level: "high",
      confidence: 0.9,
      issues_found: ["Untested."],
      analysis: "Be careful.",
    });
    expect((await investigated({ work })).report).toMatchObject({
      risk_level: "high",
      recommendation: "manual_review_required",
      safe_to_proceed: false,
      confidence: 0.9,
      issues_found: ["Untested."],
      analysis: "Be careful.\n\nI did it.",
      failure: null,
    });
  });

  test("never lowers the risk", async () => {
    const given = {
      work: assessing({ risk_level: "low" }),
      inputs: { "protected-paths": "work.txt", "on-protected": "draft" },
    };
    expect((await investigated(given)).report?.risk_level).toBe("medium");
  });
});

describe("an investigation without changes", () => {
  test("of a step that has nothing to do is safe, and acts on nothing", async () => {
    const { outcome, report, patch } = await investigated({
      work: () => ({ result: '{"summary": "All is well"}' }),
    });
    expect(outcome.kind).toBe("investigated");
    expect(report).toMatchObject({
      action: null,
      status: "no-changes",
      safe_to_proceed: true,
      patch_digest: null,
    });
    expect(patch).toBeNull();
  });

  test("of a step that asks wants a person", async () => {
    const { report } = await investigated({
      work: () => ({ result: '{"status": "needs_input", "question": "Which?"}' }),
    });
    expect(report).toMatchObject({
      action: null,
      recommendation: "manual_review_required",
      safe_to_proceed: false,
      proposal: { question: "Which?" },
    });
  });

  test("of a step that failed tells why, for the issue", async () => {
    const { outcome, report } = await investigated({
      work: () => ({ end: { kind: "exit", code: 3 }, outputTail: "oops" }),
    });
    expect(outcome).toMatchObject({ kind: "failed", code: "command-failed" });
    expect(report).toMatchObject({
      risk_level: "high",
      safe_to_proceed: false,
      proposal: null,
      failure: { code: "command-failed", step: "process", quote: "oops" },
    });
  });

  test("of a run that was cancelled tells so", async () => {
    const world = aWorld();
    const work: Work = () => {
      world.cancellation.abort(new TaskFailure("cancelled", "The run was cancelled."));
      throw new Error("killed");
    };
    const { outcome, report } = await investigated({ work }, world);
    expect([outcome.kind, report?.failure?.code]).toEqual(["cancelled", "cancelled"]);
  });

  test("that met a bug of ours says so, and logs the stack", async () => {
    const world = aWorld();
    world.git.script.plan("snapshot", new Error("a bug"));
    const { outcome } = await investigated({}, world);
    expect(outcome).toMatchObject({ kind: "failed", code: "unexpected" });
    expect(world.log.texts("info").join("\n")).toContain("Error: a bug");
  });
});

describe("what may not run", () => {
  test("is not investigated, and makes no report", async () => {
    const world = aWorld();
    world.github.permissions.set("octocat", "read");
    const { outcome, report } = await investigated({}, world);
    expect([outcome.kind, report, world.steps.steps]).toEqual(["denied", null, []]);
  });

  test("starts nothing: an event that is no task's", async () => {
    const { outcome } = await investigated({ trigger: { kind: "ignored", reason: "not ours" } });
    expect(outcome).toEqual({ kind: "ignored", reason: "not ours" });
  });

  test("fails without a report where the issue tells no task: `act` finds the same", async () => {
    const world = aWorld({ body: "<!-- agent_task_metadata {broken -->" });
    const { outcome, report } = await investigated({}, world);
    expect([outcome, report]).toEqual([expect.objectContaining({ code: "invalid-task" }), null]);
  });

  test("is a whole task that has no issue yet", async () => {
    const trigger: Trigger = {
      kind: "unfiled",
      repository: "your-org/dispatch",
      sender: { login: "octocat", type: "User" },
      payload: { taskId: "t", instruction: "i", title: null, userId: null, targetRepository: null },
    };
    const world = aWorld();
    const { outcome } = await investigated({ trigger }, world);
    expect(outcome).toMatchObject({ kind: "failed", code: "invalid-event" });
    expect(world.github.issues).toHaveLength(1);
  });
});
