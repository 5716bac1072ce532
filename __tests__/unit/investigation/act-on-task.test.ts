import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { actOnTask, type Order } from "../../../src/investigation/act-on-task.ts";
import type { Approval } from "../../../src/investigation/approval.ts";
import { investigateTask } from "../../../src/investigation/investigate-task.ts";
import { readingOnly } from "../../../src/investigation/reading-only.ts";
import type { InvestigationReport } from "../../../src/investigation/report.ts";
import { branchFor, readMarker } from "../../../src/naming.ts";
import type { Run, Trigger } from "../../../src/task.ts";
import { manualDispatch } from "../../../src/triggers/trigger.ts";
import { aTrigger } from "../../builders/dispatch.ts";
import { layDown } from "../../builders/report.ts";
import { someSettings } from "../../builders/settings.ts";
import { aRun } from "../../builders/task.ts";
import type { Work } from "../../fakes/steps.ts";
import { aWorld, type Inputs, TASK_ID, type World } from "../../fakes/world.ts";

const ABOUT = { traceId: "trace-1", triggerSource: "issue", expiresAfterMinutes: 60 } as const;
const MONA: Approval = { kind: "approved", by: "mona", comment: "" };

interface Given {
  work?: Work;
  inputs?: Inputs;
  run?: Partial<Run>;
  trigger?: Trigger;
  /** Changes the report before its digest is taken: what a dishonest investigation could say. */
  lie?: (report: InvestigationReport) => Partial<InvestigationReport>;
  /** What happens between both jobs. */
  meanwhile?: (world: World, order: Order) => void;
  approval?: Approval | TaskFailure;
  withoutPatch?: boolean;
}

/** Runs both halves, the files handed over; gives how the acting one ends, and whether somebody was asked. */
async function acted(given: Given = {}, world: World = aWorld()) {
  if (given.work) world.steps.work = given.work;
  const settings = someSettings({ command: "work", ...given.inputs });
  const trigger = given.trigger ?? aTrigger(world.issue);
  const found = await investigateTask(readingOnly(world.ports), settings, aRun(), trigger, ABOUT);
  if (!found.report) throw new Error("Nothing was investigated.");
  const lying = { ...found.report, ...given.lie?.(found.report) };
  let asked = 0;
  const order: Order = {
    files: layDown(world.artifacts, lying, given.withoutPatch ? null : found.patch),
    approve: async () => {
      asked += 1;
      if (given.approval instanceof TaskFailure) throw given.approval;
      return given.approval ?? MONA;
    },
  };
  given.meanwhile?.(world, order);
  const refs = [...world.remote.refs];
  const act = () => actOnTask(world.ports, settings, aRun(given.run), trigger, order);
  const { report, approval } = await act();
  return {
    outcome: report.outcome,
    report,
    approval,
    world,
    asked: () => asked,
    /** Whether the target is as it was before the acting half. */
    isUntouched: () => isDeepStrictEqual([[...world.remote.refs], world.github.pulls], [refs, []]),
    act,
    branch: report.task?.branch ?? "",
  };
}

function results({ github }: World): unknown[] {
  return github.bodiesOn(7).flatMap((body) => readMarker(body, "agent_task_result")?.outcome ?? []);
}

describe("an approved patch", () => {
  test("is pushed as it was investigated, and told on the issue", async () => {
    const { outcome, approval, world, branch } = await acted();
    expect(outcome).toMatchObject({ kind: "opened" });
    expect(approval).toEqual(MONA);
    expect(world.remote.filesOn(branch)).toEqual({ "README.md": "Hello\n", "work.txt": "done\n" });
    expect(world.steps.steps).toHaveLength(1);
    expect(results(world)).toEqual(["opened"]);
    expect([...world.remote.refs.keys()].filter((ref) => ref.includes("claims"))).toEqual([]);
    expect(world.git.left()).toBe(0);
  });

  test("is acted on once: the second time changes nothing", async () => {
    const { act, world } = await acted();
    const writes = () => [world.github.comments.length, world.github.pulls.length, [...world.remote.refs]];
    const before = writes();
    expect((await act()).report.outcome.kind).toBe("duplicate");
    expect(writes()).toEqual(before);
  });

  test("carries the words that were investigated, although the issue says others by now", async () => {
    const { world, outcome } = await acted({
      meanwhile: ({ github }) => {
        github.issue(7).body = github.issue(7).body.replace("Do the work.", "Do something else.");
      },
    });
    expect(world.github.pulls[0]?.body).toContain("Do the work.");
    expect(outcome).toMatchObject({ notes: [expect.stringContaining("text was edited")] });
  });

  test("says so too where the issue is read only now, after it was edited", async () => {
    const world = aWorld();
    const trigger = manualDispatch("workflow_dispatch", "your-org/dispatch", 7, {
      login: "octocat",
      type: "User",
    });
    const meanwhile = ({ github }: World) => {
      github.issue(7).body = github.issue(7).body.replace("Do the work.", "Do something else.");
    };
    const { outcome } = await acted({ meanwhile, trigger }, world);
    expect(outcome).toMatchObject({ notes: [expect.stringContaining("text was edited")] });
    expect(world.github.pulls[0]?.body).toContain("Do the work.");
  });

  test.each<[string, Given]>([
    ["a person rejected", { approval: { kind: "rejected", by: "mona", comment: "Too risky" } }],
  ])("that %s is denied, with their words", async (_, given) => {
    const { outcome, world, isUntouched } = await acted(given);
    expect(outcome).toEqual({ kind: "denied", reason: "`mona` rejected it: Too risky" });
    expect(isUntouched()).toBe(true);
    expect(results(world)).toEqual(["denied"]);
  });
});

describe("an approval that is none", () => {
  test.each([
    "environment-unprotected",
    "not-approved",
  ] as const)("fails with %s, and writes nothing to the target", async (code) => {
    const { outcome, world, isUntouched } = await acted({ approval: new TaskFailure(code, "No.") });
    expect(outcome).toMatchObject({ kind: "failed", code });
    expect(isUntouched()).toBe(true);
    expect(results(world)).toEqual(["failed"]);
  });
});

describe("what is not what was approved is refused", () => {
  test.each<[string, Given, string, string, number]>([
    [
      "a base that went on",
      { meanwhile: ({ remote }) => remote.grow("main", { "new.txt": "x" }) },
      "base-moved",
      "would start from",
      1,
    ],
    [
      "a branch that somebody pushed to",
      {
        meanwhile: ({ remote, issue }) =>
          remote.grow(branchFor(issue, TASK_ID), { "t.txt": "x" }, { from: "main" }),
      },
      "base-moved",
      "would start from",
      1,
    ],
    [
      "a tree that the patch does not make",
      { lie: ({ proposal }) => ({ proposal: proposal && { ...proposal, tree: "9".repeat(40) } }) },
      "report-mismatch",
      "was approved",
      1,
    ],
    [
      "a report that hides what its patch changes",
      { lie: ({ proposal }) => ({ proposal: proposal && { ...proposal, paths: ["docs/a.md"] } }) },
      "report-mismatch",
      "other files than the report lists",
      1,
    ],
    [
      "a report whose patch is missing",
      { lie: () => ({ patch_digest: null }), withoutPatch: true },
      "report-mismatch",
      "no patch that makes them",
      1,
    ],
    [
      "a report of another task",
      { lie: ({ task }) => ({ task: task && { ...task, taskId: "another" } }) },
      "report-mismatch",
      "the task's id is not the same",
      0,
    ],
    [
      "a report for another target",
      {
        lie: ({ task }) => ({ task: task && { ...task, target: { ...task.target, repository: "evil/x" } } }),
      },
      "report-mismatch",
      "the target repository is not the same",
      0,
    ],
    [
      "a report for another branch",
      { lie: ({ task }) => ({ task: task && { ...task, branch: "main" } }) },
      "report-mismatch",
      "the branch is not the same",
      0,
    ],
    ["a report on an operation", { lie: () => ({ task: null }) }, "report-mismatch", "of an operation", 0],
    ["a report of nothing", { lie: () => ({ proposal: null }) }, "invalid-report", "neither", 0],
    [
      "a report whose changes have no tree",
      { lie: ({ proposal }) => ({ proposal: proposal && { ...proposal, tree: null } }) },
      "invalid-report",
      "`proposal.tree`",
      0,
    ],
    [
      "a report that passes its patch off as another action",
      { lie: () => ({ action: "restart_service" }) },
      "report-mismatch",
      "names the action `restart_service`, and its patch would open a pull request",
      0,
    ],
    [
      "a report that keeps its action from the policy",
      { lie: () => ({ action: null }) },
      "report-mismatch",
      "names no action",
      0,
    ],
    ["another attempt", { run: { attempt: 2 } }, "report-mismatch", "attempt 1, and this is attempt 2", 0],
    ["another run", { run: { id: "4712" } }, "report-mismatch", "of another run", 0],
    [
      "a report that came too late",
      { meanwhile: ({ clock }) => void clock.pass(61 * 60_000) },
      "report-expired",
      "until 2026-01-02T04:05:05.000Z",
      0,
    ],
    [
      "a report that was changed",
      {
        meanwhile: ({ artifacts }) => {
          artifacts.set(
            "report.json",
            Buffer.concat([artifacts.get("report.json") ?? Buffer.alloc(0), Buffer.from(" ")]),
          );
        },
      },
      "report-mismatch",
      "changed after it was made",
      0,
    ],
  ])("%s", async (_, given, code, words, asked) => {
    const end = await acted(given);
    expect(end.outcome).toMatchObject({ kind: "failed", code, detail: expect.stringContaining(words) });
    expect(end.isUntouched()).toBe(true);
    expect(end.asked()).toBe(asked);
    expect(results(end.world)).toEqual(["failed"]);
  });

  test("a report that makes the risk out to be lower than it is, where nobody but a policy approved it", async () => {
    const given: Given = {
      inputs: { "protected-paths": "work.txt", "on-protected": "draft" },
      lie: () => ({ risk_level: "low" }),
    };
    const byPolicy = await acted({ ...given, approval: { kind: "policy", reason: "low risk" } });
    expect(byPolicy.outcome).toMatchObject({
      kind: "failed",
      code: "report-mismatch",
      detail: "The changes are of medium risk, and the report that the policy approved says low.",
    });
    expect((await acted(given)).outcome.kind).toBe("opened");
  });

  test("a report that hides somebody else's commits from the push", async () => {
    const world = aWorld();
    const theirs = world.remote.grow(
      branchFor(world.issue, TASK_ID),
      { "theirs.txt": "x" },
      { from: "main" },
    );
    const base = world.remote.refs.get("refs/heads/main") ?? "";
    const lie = ({ proposal }: InvestigationReport) => ({
      base_commit: base,
      proposal: proposal && { ...proposal, start: { oid: base, branchTip: theirs, builtUpon: false } },
    });
    const { outcome } = await acted({ lie }, world);
    expect(outcome).toMatchObject({ kind: "failed", code: "base-moved" });
    expect(world.remote.filesOn(branchFor(world.issue, TASK_ID))).toHaveProperty(["theirs.txt"]);
  });

  test("a patch beyond the limits of the acting job, whatever the investigation allowed", async () => {
    const world = aWorld();
    const loose = someSettings({ command: "work" });
    const found = await investigateTask(
      readingOnly(world.ports),
      loose,
      aRun(),
      aTrigger(world.issue),
      ABOUT,
    );
    if (!found.report) throw new Error("Nothing was investigated.");
    const files = layDown(world.artifacts, found.report, found.patch);
    const strict = someSettings({ "protected-paths": "work.txt" });
    const { report } = await actOnTask(world.ports, strict, aRun(), aTrigger(world.issue), {
      files,
      approve: async () => MONA,
    });
    expect(report.outcome).toMatchObject({ kind: "failed", code: "protected-path" });
    expect([world.github.pulls, [...world.remote.refs.keys()]]).toEqual([[], ["refs/heads/main"]]);
  });
});

describe("an investigation with nothing to approve", () => {
  test.each<[string, Work, string, object]>([
    [
      "failed",
      () => ({ end: { kind: "exit", code: 3 }, outputTail: "oops" }),
      "failed",
      { code: "command-failed", quote: "oops", step: "process" },
    ],
    [
      "found nothing to do",
      () => ({ result: '{"summary": "All is well"}' }),
      "no-changes",
      { quote: "All is well" },
    ],
    [
      "asks",
      () => ({ result: '{"status": "needs_input", "question": "Which?"}' }),
      "needs-input",
      { question: "Which?" },
    ],
  ])("that %s is told on the issue, and nobody is asked", async (_, work, kind, more) => {
    const { outcome, world, asked, isUntouched } = await acted({ work });
    expect(outcome).toMatchObject({ kind, ...more });
    expect(asked()).toBe(0);
    expect(results(world)).toEqual([kind]);
    expect(isUntouched()).toBe(true);
  });

  test("is told although the base has gone on: nothing is made on it", async () => {
    const meanwhile = ({ remote }: World) => remote.grow("main", { "new.txt": "x" });
    const { outcome } = await acted({ work: () => ({}), meanwhile });
    expect(outcome.kind).toBe("no-changes");
  });

  test("is told of too where the patch was refused", async () => {
    const { outcome, asked } = await acted({ inputs: { "protected-paths": "work.txt" } });
    expect([outcome, asked()]).toEqual([
      expect.objectContaining({ kind: "failed", code: "protected-path", step: "check" }),
      0,
    ]);
  });

  const dead: Order = {
    files: { reportDigest: null, reportFile: null, patchFile: null },
    approve: async () => MONA,
  };

  test("but died without a report fails, visibly", async () => {
    const world = aWorld();
    const { report } = await actOnTask(world.ports, someSettings(), aRun(), aTrigger(world.issue), dead);
    expect(report.outcome).toMatchObject({ kind: "failed", code: "invalid-report" });
    expect(results(world)).toEqual(["failed"]);
  });

  test.each<[string, (world: World) => void, string]>([
    ["was denied", ({ github }) => github.permissions.set("octocat", "read"), "denied"],
    [
      "had no task to read",
      ({ issue }) => {
        issue.body = "<!-- agent_task_metadata {broken -->";
      },
      "failed",
    ],
  ])("since it %s is told why", async (_, change, kind) => {
    const world = aWorld();
    change(world);
    const { report } = await actOnTask(world.ports, someSettings(), aRun(), aTrigger(world.issue), dead);
    expect(report.outcome.kind).toBe(kind);
    expect(results(world)).toEqual([kind]);
  });

  test("since the event starts no task writes nothing", async () => {
    const world = aWorld();
    const trigger = { kind: "ignored", reason: "not ours" } as const;
    const { report } = await actOnTask(world.ports, someSettings(), aRun(), trigger, dead);
    expect([report.outcome, world.github.comments]).toEqual([trigger, []]);
  });
});
