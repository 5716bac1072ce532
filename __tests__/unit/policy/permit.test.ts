import { describe, expect, test } from "@jest/globals";
import { permitSender, permitTask } from "../../../src/policy/permit.ts";
import { NO_POLICY, type Policy } from "../../../src/policy/policy.ts";
import { renderResultComment } from "../../../src/report/result-comment.ts";
import { hmacOf, signedText } from "../../../src/signature.ts";
import type { Actor, Issue } from "../../../src/task.ts";
import { aDispatch } from "../../builders/dispatch.ts";
import { anIssue } from "../../builders/issue.ts";
import { someSettings } from "../../builders/settings.ts";
import { aReport, aTask } from "../../builders/task.ts";
import { aWorld, DISPATCH, type World } from "../../fakes/world.ts";

const MONA: Actor = { login: "Mona", type: "User" };
const BACKEND: Actor = { login: "backend[bot]", type: "Bot" };

function reasonFor(policy: Partial<Policy>, sender: Actor, inputs = {}): string | null {
  const decision = permitSender({ ...NO_POLICY, ...policy }, sender, someSettings(inputs));
  return decision.allowed ? null : decision.reason;
}

describe("a sender", () => {
  test("passes where nothing is said", () => {
    expect(reasonFor({}, MONA)).toBeNull();
    expect(reasonFor({}, BACKEND)).toBeNull();
  });

  test.each([
    ["true", "agent-runner is switched off"],
    ["TRUE", "agent-runner is switched off"],
    ["Incident 42", "agent-runner is switched off: Incident 42"],
  ])("is told that it is switched off where `disabled` is %s", (disabled, reason) => {
    expect(reasonFor({}, MONA, { disabled })).toBe(reason);
  });

  test.each(["", "false", "False"])("passes where `disabled` is %j", (disabled) => {
    expect(reasonFor({}, MONA, { disabled })).toBeNull();
  });

  test("is told that the policy has switched it off, and why", () => {
    expect(reasonFor({ enabled: false }, MONA)).toBe("the policy has switched agent-runner off");
    expect(reasonFor({ enabled: false, reason: "Release week" }, MONA)).toMatch(/off: Release week$/);
  });

  test("is found on a list whatever the case, and people and bots have lists of their own", () => {
    expect(reasonFor({ "denied-actors": ["mona"] }, MONA)).toContain("`denied-actors`");
    expect(reasonFor({ "allowed-actors": ["mona"] }, MONA)).toBeNull();
    expect(reasonFor({ "allowed-actors": ["hubot"] }, MONA)).toContain("`allowed-actors`");
    expect(reasonFor({ "allowed-actors": [] }, BACKEND)).toBeNull();
    expect(reasonFor({ "allowed-bots": [] }, BACKEND)).toContain("`allowed-bots`");
    expect(reasonFor({ "allowed-bots": ["backend[bot]"] }, BACKEND)).toBeNull();
  });

  test("that is denied stays so on a list of those who are allowed", () => {
    expect(reasonFor({ "allowed-actors": ["mona"], "denied-actors": ["mona"] }, MONA)).not.toBeNull();
  });
});

const SECRET = "the backend's secret";

/** An issue with a task that is signed until an hour after the world's clock. */
function aSignedIssue(change: Partial<Issue> = {}): Issue {
  const [taskId, instruction, expires] = ["t-1", "Do the work.", "2026-01-02T04:05:05Z"];
  const text = signedText({ taskId, instruction, targetRepository: null, targetPullRequest: null }, expires);
  const json = { task_id: taskId, instruction, expires, signature: hmacOf(SECRET, text) };
  return anIssue({ body: `<!-- agent_task_metadata ${JSON.stringify(json)} -->`, ...change });
}

async function reasonForTask(
  world: World,
  policy: Partial<Policy>,
  inputs = {},
  number = 7,
): Promise<string | null> {
  const issue = world.github.issue(number);
  const metadata = JSON.parse(/agent_task_metadata (\{.*\}) -->/.exec(issue.body)?.[1] ?? "{}");
  const task = aTask({
    taskId: "t-1",
    instruction: "Do the work.",
    targetRepository: null,
    metadata,
    issue: { repository: DISPATCH, number, url: issue.url },
  });
  const settings = someSettings(inputs);
  const decision = await permitTask(
    world.ports,
    { ...NO_POLICY, ...policy },
    settings,
    aDispatch(issue),
    task,
  );
  return decision.allowed ? null : decision.reason;
}

describe("a task", () => {
  test("passes at no cost where nothing is said", async () => {
    const world = aWorld();
    expect(await reasonForTask(world, {})).toBeNull();
    expect(world.github.script.names()).toEqual([]);
  });

  test("goes only where the policy allows, by the name that the API gives back", async () => {
    expect(await reasonForTask(aWorld(), { "allowed-targets": ["your-org/your-*"] })).toBeNull();
    expect(await reasonForTask(aWorld(), { "allowed-targets": ["your-org/other"] })).toBe(
      "the target `your-org/your-project` is not among the `allowed-targets` (`your-org/other`) of the policy",
    );
  });

  test("cannot run where the policy wants signatures and the workflow has no secret", async () => {
    await expect(reasonForTask(aWorld(), { "require-signature": true })).rejects.toMatchObject({
      code: "invalid-policy",
    });
  });

  test("is refused where the workflow isolates it less than the policy wants", async () => {
    const policy = { isolation: "bubblewrap" } as const;
    const container = { isolation: "container", "isolation-image": "node:24" };
    await expect(reasonForTask(aWorld(), policy, { isolation: "none" })).rejects.toMatchObject({
      code: "isolation-unavailable",
      detail: "The policy wants `isolation: bubblewrap` or stronger, and the workflow's input is `none`.",
    });
    expect(await reasonForTask(aWorld(), policy, { isolation: "bubblewrap" })).toBeNull();
    expect(await reasonForTask(aWorld(), policy, container)).toBeNull();
  });

  test("is denied without a signature where there is a secret, before GitHub is asked for others", async () => {
    const world = aWorld();
    expect(await reasonForTask(world, {}, { "task-secret": SECRET })).toContain("tasks must be signed");
    expect(world.github.script.names()).toEqual([]);
  });
});

describe("a signed task", () => {
  const inputs = { "task-secret": SECRET };

  test("passes by one call", async () => {
    const world = aWorld(aSignedIssue());
    expect(await reasonForTask(world, { "require-signature": true }, inputs)).toBeNull();
    expect(world.github.script.names()).toEqual(["issuesLabelled"]);
  });

  test("is refused on a second issue, and goes on on the first", async () => {
    const world = aWorld(aSignedIssue());
    world.github.issues.push(aSignedIssue({ number: 8 }));
    expect(await reasonForTask(world, {}, inputs, 8)).toBe(
      "its signature stands on issue #7 too, and counts once",
    );
    expect(await reasonForTask(world, {}, inputs, 7)).toBeNull();
  });

  test("is refused on an older issue once it has run, also where that one is closed", async () => {
    const world = aWorld(aSignedIssue());
    const ran = aSignedIssue({ number: 8, state: "closed" });
    world.github.issues.push(ran);
    world.github.comment(ran, world.github.author, renderResultComment(aReport({ taskId: "t-1" })));
    expect(await reasonForTask(world, {}, inputs, 7)).toContain("issue #8");
  });

  test("is refused however its copy spells the signature", async () => {
    const world = aWorld(aSignedIssue());
    const { body } = aSignedIssue();
    const signature = /"signature":"(\w)/.exec(body)?.[1] ?? "";
    const escaped = `"signature":"\\u00${signature.charCodeAt(0).toString(16)}`;
    world.github.issues.push(
      anIssue({ number: 6, body: body.replace(`"signature":"${signature}`, escaped) }),
    );
    expect(await reasonForTask(world, {}, inputs, 7)).toContain("issue #6");
  });

  test("is another one where only its task id is the same", async () => {
    const world = aWorld(aSignedIssue());
    world.github.issues.push(
      anIssue({ number: 6, body: 'Task\n\n<!-- agent_task_metadata {"task_id": "t-1"} -->' }),
    );
    expect(await reasonForTask(world, {}, inputs, 7)).toBeNull();
  });
});
