import { describe, expect, test } from "@jest/globals";
import { resultMarker } from "../../../src/naming.ts";
import type { Labelling } from "../../../src/ports.ts";
import type { TaskResult } from "../../../src/report/task-result.ts";
import { judgeIssue } from "../../../src/service/judge.ts";
import type { Actor } from "../../../src/task.ts";
import { someSettings } from "../../builders/settings.ts";
import { aWorld, TASK_ID } from "../../fakes/world.ts";

const MONA: Actor = { login: "mona", type: "User" };
const STRANGER: Actor = { login: "stranger", type: "User" };
const RUNS = "http://runner.example";
const LABELLED = "2026-01-02T03:04:05Z";

/** An issue that Mona, who may write, labelled a minute ago. */
function aScene(labelling: Labelling | null = { actor: MONA, at: LABELLED }) {
  const world = aWorld();
  const { github, clock, issue } = world;
  github.permissions.set(MONA.login, "write");
  const options = { settings: someSettings(), maxAttempts: 3, runUrlBase: RUNS };
  if (labelling) github.labellings.push({ issueNumber: issue.number, ...labelling });
  return {
    ...world,
    judge: () => judgeIssue({ dispatch: github.api }, options, issue),
    /** Time passes, and somebody comments. */
    async comment(author: Actor, body: string) {
      await clock.pass(10_000);
      github.comment(issue, author, body);
    },
    /** Time passes, and a run leaves its result. */
    async leaveResult(result: Partial<TaskResult> = {}) {
      await clock.pass(10_000);
      const ended: TaskResult = {
        ...{ task_id: TASK_ID, outcome: "opened", failure_code: null, retryable: false },
        ...{ pull_request_url: null, run_url: `${RUNS}/runs/1`, attempt: 1 },
        ...result,
      };
      github.comment(issue, github.author, `Done.\n\n${resultMarker(ended)}`);
    },
  };
}
const DENIED = { outcome: "denied", failure_code: "not-permitted" } as const;
const FAILED = { outcome: "failed", failure_code: "command-failed", retryable: true } as const;

describe("an open, labelled issue", () => {
  test("is pending for whoever labelled it, since then", async () => {
    const { judge } = aScene();
    expect(await judge()).toMatchObject({
      since: LABELLED,
      attempt: 1,
      dispatch: { event: "poll", sender: MONA, manual: false, happenedAt: LABELLED, issue: null },
    });
  });

  test("is pending for its author where its history does not tell who labelled it", async () => {
    const { judge, issue } = aScene(null);
    expect((await judge())?.dispatch.sender).toEqual(issue.author);
  });

  test("is pending no more once a result stands on it", async () => {
    const { judge, leaveResult } = aScene();
    await leaveResult();
    expect(await judge()).toBeNull();
  });

  test("is pending in spite of a result that somebody else wrote", async () => {
    const { judge, comment } = aScene();
    await comment(
      STRANGER,
      resultMarker({
        ...{ task_id: TASK_ID, outcome: "opened", failure_code: null, retryable: false },
        ...{ pull_request_url: null, run_url: "", attempt: 1 },
      }),
    );
    expect(await judge()).not.toBeNull();
  });

  test("is pending once more for whoever asks for it after the result", async () => {
    const { judge, leaveResult, comment } = aScene();
    await leaveResult();
    await comment(MONA, "/agent retry");
    expect(await judge()).toMatchObject({ attempt: 1, dispatch: { sender: MONA, manual: true } });
  });

  test("is not pending for a comment that was there before the result", async () => {
    const { judge, leaveResult, comment } = aScene();
    await comment(MONA, "/agent retry");
    await leaveResult();
    expect(await judge()).toBeNull();
  });

  test("is pending for a comment that came in the same second as the result", async () => {
    const { judge, leaveResult, github, issue } = aScene();
    await leaveResult();
    github.comment(issue, MONA, "/agent retry");
    expect((await judge())?.dispatch.sender).toEqual(MONA);
  });

  test("is pending for the one who may start it, whatever others ask for before", async () => {
    const { judge, comment } = aScene({ actor: STRANGER, at: LABELLED });
    await comment(STRANGER, "/agent run");
    await comment(MONA, "/agent run");
    expect((await judge())?.dispatch.sender).toEqual(MONA);
  });

  test("is still pending for the one who may start it where somebody else was denied", async () => {
    const { judge, comment, leaveResult } = aScene();
    await comment(STRANGER, "/agent run");
    await leaveResult(DENIED);
    expect((await judge())?.dispatch.sender).toEqual(MONA);
    await leaveResult();
    expect(await judge()).toBeNull();
  });

  test("is pending no more where it was denied before anybody else asked", async () => {
    const { judge, comment, leaveResult } = aScene();
    await leaveResult(DENIED);
    expect(await judge()).toBeNull();
    await comment(STRANGER, "/agent run");
    expect(await judge()).toBeNull();
  });

  test("is tried again whatever somebody asks for who may not", async () => {
    const { judge, comment, leaveResult } = aScene();
    await leaveResult(FAILED);
    await comment(STRANGER, "/agent run");
    expect(await judge()).toMatchObject({ attempt: 2, dispatch: { sender: MONA } });
    await leaveResult(DENIED);
    expect(await judge()).toMatchObject({ attempt: 2, dispatch: { sender: MONA } });
  });

  test("is tried again after each stop of the service, which counts for no try", async () => {
    const { judge, leaveResult } = aScene();
    const stopped = { outcome: "cancelled", failure_code: "cancelled", retryable: true } as const;
    for (let time = 0; time < 5; time++) await leaveResult(stopped);
    await leaveResult(FAILED);
    await leaveResult(FAILED);
    expect(await judge()).toMatchObject({ attempt: 8, stopped: 5 });
    await leaveResult(FAILED);
    expect(await judge()).toBeNull();
  });

  test("is tried again where this service left a failure that may pass, as often as it may be", async () => {
    const { judge, leaveResult } = aScene();
    await leaveResult(FAILED);
    expect((await judge())?.attempt).toBe(2);
    await leaveResult(FAILED);
    expect((await judge())?.attempt).toBe(3);
    await leaveResult(FAILED);
    expect(await judge()).toBeNull();
  });

  test.each<[string, Partial<TaskResult>]>([
    ["will not pass", { ...FAILED, failure_code: "patch-failed", retryable: false }],
    ["is another runner's", { ...FAILED, run_url: "https://github.com/acme/tasks/actions/runs/1" }],
  ])("is not tried again by itself after a failure that %s", async (_, result) => {
    const { judge, leaveResult } = aScene();
    await leaveResult(result);
    expect(await judge()).toBeNull();
  });

  test("is pending even if its text is no task, so that its author learns of it", async () => {
    const { judge, issue, github } = aScene();
    issue.body = "<!-- agent_task_metadata {broken -->";
    github.issue(issue.number).body = issue.body;
    expect(await judge()).not.toBeNull();
  });
});
