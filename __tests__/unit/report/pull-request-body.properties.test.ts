import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { issuesSeenByBackend, metadataSeenByBackend } from "../../../loopback/backend.ts";
import { metadataComment } from "../../../src/naming.ts";
import { renderPullRequestBody } from "../../../src/report/pull-request-body.ts";
import { hostileText } from "../../builders/hostile-text.ts";
import { aRun, aTask, aTaskAtHome } from "../../builders/task.ts";

const LIMIT = 65_536;

const hostileParts = fc.record({
  instruction: hostileText,
  summary: hostileText,
  model: hostileText,
  notes: fc.array(hostileText, { maxLength: 3 }),
  text: hostileText,
});

describe("whatever stands in a task and its result", () => {
  test("a backend finds this task and this issue, and no other", () => {
    fc.assert(
      fc.property(hostileParts, fc.boolean(), ({ instruction, summary, model, notes, text }, isAtHome) => {
        const task = (isAtHome ? aTaskAtHome : aTask)({ instruction });
        const stat = { files: 1, insertions: 1, deletions: 1, text };
        const body = renderPullRequestBody({
          task,
          result: { summary, usage: { model } },
          stat,
          notes,
          run: aRun(),
        });
        expect(body.startsWith(metadataComment(task))).toBe(true);
        expect(JSON.parse(metadataSeenByBackend(body) ?? "")).toEqual({ task_id: task.taskId });
        expect(issuesSeenByBackend(body)).toEqual(isAtHome ? ["7"] : []);
        expect(body.match(/<!--/g)).toHaveLength(1);
        expect(body).not.toMatch(/@[a-z]/i);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["CJK characters", "漢".repeat(LIMIT)],
    ["emoji", "😀".repeat(LIMIT / 2)],
    ["invisible characters", "\u200b".repeat(LIMIT)],
    ["lines", "a\n".repeat(LIMIT / 2)],
    ["backticks", "`".repeat(LIMIT)],
    ["fences", "```\n".repeat(LIMIT / 4)],
    ["mentions", "@a ".repeat(LIMIT / 3)],
  ])("65,536 characters of %s fit, and both cuts are told", (_what, text) => {
    const task = aTask({ instruction: text });
    const body = renderPullRequestBody({
      task,
      result: { summary: text },
      stat: null,
      notes: [text],
      run: aRun(),
    });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(LIMIT);
    expect(body.isWellFormed()).toBe(true);
    expect(body.startsWith(`${metadataComment(task)}\n\nFixes your-org/dispatch#7\n\n`)).toBe(true);
    expect(body).toContain("_The instruction was too long and is cut here;");
    expect(body).toContain("_The summary was too long and is cut here._");
    expect(body).toMatch(/---\n🤖 Task .*$/);
  });

  test("the instruction is cut before the summary is", () => {
    const summary = "s".repeat(40_000);
    const task = aTask({ instruction: "i".repeat(60_000) });
    const body = renderPullRequestBody({ task, result: { summary }, stat: null, notes: [], run: aRun() });
    expect(body).toContain(summary);
    expect(body).toContain(`> ${"i".repeat(20_000)}`);
    expect(Buffer.byteLength(body)).toBeGreaterThan(LIMIT - 10);
  });
});
