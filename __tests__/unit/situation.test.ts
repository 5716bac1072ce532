import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { renderResultComment } from "../../src/report/result-comment.ts";
import { isNewRequest, type PastResult, readSituation, triesAmong } from "../../src/situation.ts";
import type { Actor } from "../../src/task.ts";
import { aDispatch } from "../builders/dispatch.ts";
import { aFailedOutcome, aReport, aRun } from "../builders/task.ts";
import { aWorld, TASK_ID } from "../fakes/world.ts";

const US: Actor = { login: "github-actions[bot]", type: "Bot" };
const PERSON: Actor = { login: "mallory", type: "User" };
const RESULT = renderResultComment(aReport({ taskId: TASK_ID, attempt: 2, outcome: aFailedOutcome() }));
const STATUS = `Working\n\n<!-- agent_runner_status {"task_id": "${TASK_ID}"} -->`;

describe("the situation of a task", () => {
  test("is what our own comments say, and how many comments there are", async () => {
    const { github, issue } = aWorld();
    github.comment(issue, PERSON, "Please hurry");
    const status = github.comment(issue, US, STATUS);
    const result = github.comment(issue, US, RESULT);
    expect(await readSituation({ dispatch: github.api }, issue, TASK_ID)).toEqual({
      statusCommentId: status.id,
      results: [
        {
          commentId: result.id,
          outcome: "failed",
          failureCode: "command-failed",
          attempt: 2,
          runUrl: aRun().url,
          createdAt: result.createdAt,
        },
      ],
      commentCount: 3,
    });
  });

  test("is not told by somebody who copies our markers", async () => {
    const { github, issue } = aWorld();
    github.comment(issue, PERSON, STATUS);
    github.comment(issue, PERSON, RESULT);
    github.comment(issue, { login: "other-app[bot]", type: "Bot" }, STATUS).viaApp = false;
    const { statusCommentId, results } = await readSituation({ dispatch: github.api }, issue, TASK_ID);
    expect([statusCommentId, results]).toEqual([null, []]);
  });

  test("believes the token's own account alone where GitHub tells whose the token is", async () => {
    const { github, issue } = aWorld();
    github.viewer = { login: "Runner-Account", type: "User" };
    github.comment(issue, US, RESULT);
    const own = github.comment(issue, { login: "runner-account", type: "User" }, RESULT);
    const { results } = await readSituation({ dispatch: github.api }, issue, TASK_ID);
    expect(results.map(({ commentId }) => commentId)).toEqual([own.id]);
  });

  test.each<[string, Actor | null, number]>([
    ["does not count where GitHub tells whose the token is", US, 0],
    ["counts where it does not, as it may be our own", null, 1],
  ])("of another app's comment %s", async (_, viewer, count) => {
    const { github, issue } = aWorld();
    github.viewer = viewer;
    github.comment(issue, { login: "other-app[bot]", type: "Bot" }, RESULT);
    const { results } = await readSituation({ dispatch: github.api }, issue, TASK_ID);
    expect(results).toHaveLength(count);
  });

  test("has no part of another task's of the same issue", async () => {
    const { github, issue } = aWorld();
    github.comment(issue, US, STATUS);
    github.comment(issue, US, RESULT);
    const { statusCommentId, results } = await readSituation({ dispatch: github.api }, issue, "t-2");
    expect([statusCommentId, results]).toEqual([null, []]);
  });

  test("costs one call where nothing of ours is there", async () => {
    const { github, issue } = aWorld();
    await readSituation({ dispatch: github.api }, issue, TASK_ID);
    expect(github.script.names()).toEqual(["comments"]);
  });
});

describe("a new request", () => {
  const result: PastResult = {
    commentId: 1,
    outcome: "opened",
    failureCode: null,
    attempt: 1,
    runUrl: "",
    createdAt: "2026-01-02T03:04:05Z",
  };

  async function isNew(happenedAt: string | null, results: PastResult[] = [result], attempt = 1) {
    const { github, issue } = aWorld();
    github.runs.set(4711, { createdAt: "2026-01-02T03:04:06Z", ended: false });
    return await isNewRequest(
      { dispatch: github.api },
      aDispatch(issue, { happenedAt }),
      aRun({ attempt }),
      results,
    );
  }

  test("is the first event of a task", async () => {
    expect(await isNew("2026-01-02T03:04:05Z", [])).toBe(true);
  });

  test("is an event from after the last result", async () => {
    expect(await isNew("2026-01-02T03:04:06Z")).toBe(true);
  });

  test("is not one from before it, or of the same second", async () => {
    expect(await isNew("2026-01-02T03:04:04Z")).toBe(false);
    expect(await isNew("2026-01-02T03:04:05Z")).toBe(false);
  });

  test("is a comment that came after the last result, be it in the same second", async () => {
    const { github, issue } = aWorld();
    const ask = (commentId: number) => {
      const dispatch = aDispatch(issue, { happenedAt: result.createdAt, commentId });
      return isNewRequest({ dispatch: github.api }, dispatch, aRun(), [{ ...result, commentId: 10 }]);
    };
    expect(await ask(11)).toBe(true);
    expect(await ask(9)).toBe(false);
  });

  test("is any run attempt above 1", async () => {
    expect(await isNew("2026-01-02T03:04:04Z", [result], 2)).toBe(true);
  });

  test("is dated by its run where the event has no date", async () => {
    expect(await isNew(null)).toBe(true);
    expect(await isNew(null, [{ ...result, createdAt: "2026-01-02T03:04:07Z" }])).toBe(false);
  });

  test("counts as made now where the job may not read its run either", async () => {
    const { github, issue } = aWorld();
    github.script.plan("workflowRun", new TaskFailure("missing-permission", "actions: read"));
    const dispatch = aDispatch(issue, { happenedAt: null });
    expect(await isNewRequest({ dispatch: github.api }, dispatch, aRun(), [result])).toBe(true);
  });

  test("is not made old by a denial, which anybody can bring about", async () => {
    const denial = { ...result, outcome: "denied", createdAt: "2026-01-02T03:09:00Z" };
    expect(triesAmong([result, denial])).toEqual([result]);
    expect(await isNew("2026-01-02T03:04:06Z", [result, denial])).toBe(true);
    expect(await isNew("2026-01-02T03:04:06Z", [denial])).toBe(true);
  });
});
