import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { branchFor } from "../../src/naming.ts";
import { type Findings, NO_FINDINGS, prepare } from "../../src/prepare.ts";
import type { Dispatch } from "../../src/task.ts";
import { aDispatch } from "../builders/dispatch.ts";
import { someSettings } from "../builders/settings.ts";
import { aPullRequest, aRun } from "../builders/task.ts";
import { aWorld, DISPATCH, type Inputs, TARGET, TASK_ID, type World } from "../fakes/world.ts";

async function prepared(world: World, inputs: Inputs = {}, change: Partial<Dispatch> = {}) {
  const findings: Findings = { ...NO_FINDINGS };
  const dispatch = aDispatch(world.issue, change);
  return { ...(await prepare(world.ports, someSettings(inputs), aRun(), dispatch, findings)), findings };
}

/** A world whose issue says of its target what is given. */
function targeting(lines: string, json: object = {}): World {
  const metadata = `<!-- agent_task_metadata ${JSON.stringify({ task_id: TASK_ID, ...json })} -->`;
  return aWorld({ body: `${lines}\n\n## Instruction\n\nDo it\n\n${metadata}` });
}

describe("a task that may run", () => {
  test("is whole: issue, target by the API's words, branch, attempt", async () => {
    const world = aWorld();
    const { kind, findings } = await prepared(world);
    expect(kind).toBe("ready");
    expect(findings.task).toMatchObject({
      taskId: TASK_ID,
      instruction: "Do the work.",
      issue: { repository: DISPATCH, number: 7, url: world.issue.url },
      target: {
        repository: TARGET,
        cloneUrl: `https://github.com/${TARGET}.git`,
        base: "main",
        pullRequest: null,
      },
      branch: branchFor(world.issue, TASK_ID),
      attempt: 1,
    });
  });

  test("starts from the branch that the API calls the default, which need not be main", async () => {
    const world = aWorld();
    world.github.repositories.set(TARGET, {
      name: TARGET,
      defaultBranch: "trunk",
      archived: false,
      hasPullRequests: true,
    });
    expect((await prepared(world)).findings.task?.target.base).toBe("trunk");
  });

  test("takes the inputs base and branch before its own", async () => {
    const { findings } = await prepared(aWorld(), { base: "release", branch: "bot/work" });
    expect(findings.task).toMatchObject({ target: { base: "release" }, branch: "bot/work" });
  });

  test("fills its id and its issue's number into the input branch", async () => {
    const { findings } = await prepared(aWorld(), { branch: "bot/{issue}/{task-id}" });
    expect(findings.task?.branch).toBe(`bot/7/${TASK_ID}`);
  });

  test("is what stood in the event, not what the issue says by now", async () => {
    const world = aWorld();
    world.github.issue(7).body = "Edited after somebody had vouched for it";
    expect((await prepared(world)).findings.task?.instruction).toBe("Do the work.");
  });

  test("is read from GitHub where the event carries no issue", async () => {
    const { findings } = await prepared(aWorld(), {}, { issue: null, manual: true, happenedAt: null });
    expect(findings.task?.instruction).toBe("Do the work.");
  });
});

describe("the target", () => {
  test.each<[string, string, object, Inputs, string]>([
    [
      "target_repo goes before all",
      "Target Repository: your-org/b\n**Target:** repo `your-org/c`",
      { target_repo: "your-org/a" },
      { "target-repository": "your-org/d" },
      "your-org/a",
    ],
    [
      "a Target Repository line goes before Target",
      "Target Repository: your-org/b\n**Target:** repo `your-org/c`",
      {},
      { "target-repository": "your-org/d" },
      "your-org/b",
    ],
    [
      "the repository of Target goes before the input",
      "**Target:** pr `your-org/c#42`",
      {},
      { "target-repository": "your-org/d" },
      "your-org/c",
    ],
    [
      "the input goes before the dispatch repository",
      "",
      {},
      { "target-repository": "your-org/d" },
      "your-org/d",
    ],
    ["the dispatch repository is the last", "**Target:** issue `#12`", {}, {}, DISPATCH],
  ])("%s", async (_rule, lines, json, inputs, expected) => {
    const world = targeting(lines, json);
    for (const name of "abcd") {
      const repository = `your-org/${name}`;
      world.github.repositories.set(repository, {
        name: repository,
        defaultBranch: "main",
        archived: false,
        hasPullRequests: true,
      });
    }
    expect((await prepared(world, inputs)).findings.task?.target.repository).toBe(expected);
  });

  test("is named as the API names it, after a rename", async () => {
    const world = targeting("", { target_repo: "your-org/old" });
    world.github.repositories.set("your-org/old", {
      name: "your-org/new",
      defaultBranch: "main",
      archived: false,
      hasPullRequests: true,
    });
    expect((await prepared(world)).findings.task?.target).toMatchObject({
      repository: "your-org/new",
      cloneUrl: "https://github.com/your-org/new.git",
    });
  });

  test("is denied where it has moved to somewhere that is not allowed", async () => {
    const world = targeting("", { target_repo: "your-org/old" });
    world.github.repositories.set("your-org/old", {
      name: "elsewhere/new",
      defaultBranch: "main",
      archived: false,
      hasPullRequests: true,
    });
    expect(await prepared(world)).toMatchObject({
      kind: "over",
      outcome: { kind: "denied", reason: expect.stringContaining("`elsewhere/new`") },
    });
  });

  test("is denied before it is looked up where its name is not allowed", async () => {
    const world = targeting("", { target_repo: "elsewhere/x" });
    expect(await prepared(world)).toMatchObject({ outcome: { kind: "denied" } });
    expect(world.github.script.names()).not.toContain("repository");
  });

  test("that is not there fails the task", async () => {
    await expect(prepared(targeting("", { target_repo: "your-org/none" }))).rejects.toMatchObject({
      code: "target-not-found",
    });
  });
});

describe("a target of the type pr", () => {
  const HEAD = { repository: TARGET, ref: "feature", oid: "3".repeat(40) };

  async function builtOn(change: Parameters<typeof aPullRequest>[0]) {
    const world = targeting(`**Target:** pr \`${TARGET}#42\``);
    world.github.pulls.push(aPullRequest({ head: HEAD, ...change }));
    return (await prepared(world, { base: "main" })).findings.task?.target;
  }

  test("is built on: its head is the base, before the input's", async () => {
    expect(await builtOn({})).toMatchObject({ base: "feature", pullRequest: 42 });
  });

  test.each<[string, Parameters<typeof aPullRequest>[0]]>([
    ["closed", { state: "closed" }],
    ["from a fork", { head: { ...HEAD, repository: "mona/your-project" } }],
    ["from a fork that is gone", { head: { ...HEAD, repository: null } }],
    ["not there", { number: 41 }],
  ])("is not built on where it is %s", async (_why, change) => {
    expect(await builtOn(change)).toMatchObject({ base: "main", pullRequest: null });
  });
});

describe("a task that may not run", () => {
  test("is denied to somebody without permission, who does not learn what is wrong with the body", async () => {
    const world = aWorld({ body: "<!-- agent_task_metadata {broken -->" });
    const outcome = await prepared(world, {}, { sender: { login: "mallory", type: "User" } });
    expect(outcome).toMatchObject({ kind: "over", outcome: { kind: "denied" } });
  });

  test("is refused to somebody who may start tasks, with what is wrong with the body", async () => {
    const world = aWorld({ body: "<!-- agent_task_metadata {broken -->" });
    await expect(prepared(world)).rejects.toMatchObject({ code: "invalid-task" });
    expect(world.git.script.calls).toEqual([]);
  });

  test("is refused without metadata where the workflow requires it", async () => {
    const world = aWorld({ body: "A person wrote this." });
    await expect(prepared(world, { "require-metadata": "true" })).rejects.toMatchObject({
      code: "invalid-task",
    });
    expect((await prepared(world)).findings.taskId).toBe("your-org.dispatch.7");
  });

  test("does not run where the check of the permission fails", async () => {
    const world = aWorld();
    world.github.script.plan("permission", new TaskFailure("github-unavailable", "No answer."));
    await expect(prepared(world)).rejects.toMatchObject({ code: "github-unavailable" });
  });

  test.each([
    ["is not there", 99, "shows this token no issue 99"],
    ["is a pull request", 7, "7 is a pull request"],
  ])("whose issue %s says so", async (_what, issueNumber, words) => {
    const world = aWorld({ isPullRequest: true });
    const asked = prepared(world, {}, { issue: null, issueNumber });
    await expect(asked).rejects.toMatchObject({
      code: "issue-not-found",
      detail: expect.stringContaining(words),
    });
  });
});
