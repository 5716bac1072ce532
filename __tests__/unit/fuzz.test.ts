import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { asFailure } from "../../src/failure.ts";
import { isRepositoryName, isTaskId } from "../../src/identifiers.ts";
import { parseTask, unfiledTaskBody } from "../../src/parse-task.ts";
import type { Trigger } from "../../src/task.ts";
import { readTrigger } from "../../src/triggers/registry.ts";
import { hostileText } from "../builders/hostile-text.ts";
import { aBackendBody, anIssue, METADATA } from "../builders/issue.ts";
import { aPayload, publishedPayloads } from "../builders/webhooks.ts";

/** Other ones in each run, printed below, so that a failure can be played again; ten thousand of each kind. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const RUNS = { numRuns: 10_000, seed: SEED };

process.stdout.write(`fuzz: FUZZ_SEED=${SEED}\n`);

const BODIES = [
  aBackendBody(),
  `- **Task ID**: t-1\n- **Target Repository**: a/b\n- **Instruction**: Do it\n\n${METADATA}`,
  `## Instruction\n\nDo it\n\nTarget Repository: a/b\n\n${METADATA}`,
  '<!-- agent_task_metadata {"task_id": "t-1", "target_repo": "a/b", "instruction": "Do it"} -->',
  "task_id: t-1\nuser_id: u-1\n\nDo it",
  "### Target Repository\n\na/b\n\n### Instruction\n\nDo it\n\n### Task ID\n\n_No response_",
];

/** A good body with some pieces of it taken out, said twice, or exchanged with hostile text. */
const body = fc
  .record({
    from: fc.constantFrom(...BODIES),
    cuts: fc.array(fc.record({ at: fc.nat(600), length: fc.nat(40), put: hostileText }), { maxLength: 4 }),
  })
  .map(({ from, cuts }) =>
    cuts.reduce((text, { at, length, put }) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + put + text.slice(start + length);
    }, from),
  );

function refusal(code: string, thrown: unknown): null {
  const failure = asFailure(thrown);
  expect({ code: failure.code, cause: failure.code === code ? null : thrown }).toEqual({ code, cause: null });
  expect(failure.detail).not.toBe("");
  return null;
}

/** What the contract lets be a task, whatever stood in the text. */
function expectTask(text: string, requireMetadata: boolean): void {
  let task: ReturnType<typeof parseTask> | null;
  try {
    task = parseTask(anIssue({ body: text }), { requireMetadata });
  } catch (thrown) {
    task = refusal("invalid-task", thrown);
  }
  if (!task) return;
  expect(isTaskId(task.taskId)).toBe(true);
  expect(/[^\s\p{Cc}\p{Cf}]/u.test(task.instruction)).toBe(true);
  expect(task.targetRepository === null || isRepositoryName(task.targetRepository)).toBe(true);
  expect(task.targetPullRequest === null || task.targetPullRequest > 0).toBe(true);
  if (requireMetadata) expect(task.origin).toBe("metadata");
}

const LABEL = { name: "copilot-agent" };
const TASK = { task_id: "t-1", instruction: "Do it", target_repo: "a/b", title: "Do it", user_id: "u-1" };

/** Events that start tasks, and all that GitHub publishes of their kinds. */
const EVENTS = [
  { event: "issues", good: aPayload("issues", "labeled", { label: LABEL, issue: { labels: [LABEL] } }) },
  { event: "issues", good: aPayload("issues", "opened", { issue: { labels: [LABEL] } }) },
  {
    event: "issue_comment",
    good: aPayload("issue_comment", "created", {
      comment: { body: "/agent retry" },
      issue: { labels: [LABEL] },
    }),
  },
  {
    event: "workflow_dispatch",
    good: aPayload("workflow_dispatch", null, { inputs: { "issue-number": "12" } }),
  },
  { event: "repository_dispatch", good: aPayload("repository_dispatch", null, { client_payload: TASK }) },
  ...["issues", "issue_comment", "workflow_dispatch"].flatMap((event) =>
    publishedPayloads(event).map((good) => ({ event, good })),
  ),
];

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  hostileText,
  fc.constantFrom(
    null,
    undefined,
    "",
    0,
    -1,
    1e308,
    [],
    {},
    "copilot-agent",
    "opened",
    "labeled",
    "/agent retry",
    "12",
  ),
);

/** A place in a payload, by the numbers of the keys that lead there. */
const change = fc.record({ steps: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }), value });

function exchange(node: unknown, [step = 0, ...rest]: number[], put: unknown): unknown {
  if (node === null || typeof node !== "object") return put;
  const keys = Object.keys(node);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return put;
  const old = (node as Record<string, unknown>)[key];
  const now = rest.length === 0 ? put : exchange(old, rest, put);
  if (Array.isArray(node)) return node.map((one, index) => (String(index) === key ? now : one));
  return { ...node, [key]: now };
}

/** A trigger that the rest of the program can work with: names and numbers of the right shape, or a reason. */
function expectTrigger(trigger: Trigger, payload: unknown): void {
  if (trigger.kind === "ignored") {
    expect(trigger.reason).not.toBe("");
    return;
  }
  const { repository, sender } = trigger.kind === "dispatch" ? trigger.dispatch : trigger;
  expect(repository).toMatch(/^[^/\s]+\/[^/\s]+$/);
  expect(sender.login).not.toBe("");
  if (trigger.kind === "dispatch") {
    const { issueNumber, manual } = trigger.dispatch;
    expect(Number.isSafeInteger(issueNumber) && issueNumber > 0).toBe(true);
    expect(manual || JSON.stringify(payload).toLowerCase().includes("copilot-agent")).toBe(true);
    return;
  }
  expect(trigger.payload.instruction.trim()).not.toBe("");
  expectTask(unfiledTaskBody(trigger.payload), false);
}

describe("whatever comes from outside, it is a task as the contract has it or is refused as the contract says", () => {
  test("10,000 mutated bodies", () => {
    fc.assert(
      fc.property(fc.oneof(body, hostileText), fc.boolean(), (text, strict) => expectTask(text, strict)),
      RUNS,
    );
  });

  test("10,000 mutated payloads", () => {
    const payload = fc.tuple(fc.constantFrom(...EVENTS), fc.array(change, { maxLength: 4 }));
    fc.assert(
      fc.property(payload, fc.constantFrom(null, 3), ([{ event, good }, changes], issueNumber) => {
        const mutated = changes.reduce<unknown>(
          (node, { steps, value: put }) => exchange(node, steps, put),
          good,
        );
        const settings = { triggerLabel: "copilot-agent", issueNumber };
        const actor = { login: "octocat", type: "User" } as const;
        let trigger: Trigger | null;
        try {
          trigger = readTrigger(
            { eventName: event, payload: mutated, repository: "acme/app", actor },
            settings,
          );
        } catch (thrown) {
          trigger = refusal("invalid-event", thrown);
        }
        if (trigger) expectTrigger(trigger, mutated);
      }),
      RUNS,
    );
  });
});
