import { describe, expect, test } from "@jest/globals";
import { confirmWanted } from "../../src/confirm.ts";
import { renderResultComment } from "../../src/report/result-comment.ts";
import { readSituation } from "../../src/situation.ts";
import type { Outcome } from "../../src/task.ts";
import { someSettings } from "../builders/settings.ts";
import { anOutcome, aReport, aTask } from "../builders/task.ts";
import { aWorld, TASK_ID, type World } from "../fakes/world.ts";

const TASK = aTask({ taskId: TASK_ID });

/** What the task is told right before its work is pushed, after something has happened on its issue. */
async function confirmedAfter(happens: (world: World) => unknown, ownComments = 0, world = aWorld()) {
  const { github, issue } = world;
  const situation = await readSituation({ dispatch: github.api }, issue, TASK_ID);
  happens(world);
  const before = { issue, situation, ownComments };
  return await confirmWanted({ dispatch: github.api }, someSettings(), TASK, before);
}

/** Why it is stopped there, if it is. */
async function askedAfter(...asked: Parameters<typeof confirmedAfter>): Promise<Outcome | null> {
  return (await confirmedAfter(...asked)).stop;
}

function result(outcome: Outcome): string {
  return renderResultComment(aReport({ taskId: TASK_ID, outcome }));
}

describe("right before anything is pushed", () => {
  test("a task goes on where nothing has happened, at the cost of one call", async () => {
    const world = aWorld();
    expect(await askedAfter(() => {}, 0, world)).toBeNull();
    expect(world.github.script.names()).toEqual(["comments", "issue"]);
  });

  test("a task goes on where people talk, and where the run itself has commented", async () => {
    const talk = ({ github, issue }: World) => github.comment(issue, issue.author, "How is it going?");
    expect(await askedAfter(talk)).toBeNull();
    expect(await askedAfter(talk, 1)).toBeNull();
  });

  test("a task is cancelled by closing its issue", async () => {
    const close = ({ github }: World) => Object.assign(github.issue(7), { state: "closed" });
    expect(await askedAfter(close)).toEqual({
      kind: "cancelled",
      reason: "The issue was closed while the task ran.",
    });
  });

  test("a task on an issue that was closed before goes on: it was asked for all the same", async () => {
    expect(await askedAfter(() => {}, 0, aWorld({ state: "closed" }))).toBeNull();
  });

  test("a task is cancelled by taking its label off", async () => {
    const unlabel = ({ github }: World) => Object.assign(github.issue(7), { labels: [] });
    expect(await askedAfter(unlabel)).toMatchObject({
      kind: "cancelled",
      reason: expect.stringContaining("`copilot-agent`"),
    });
  });

  test("a task that never had the label goes on without it", async () => {
    expect(await askedAfter(() => {}, 0, aWorld({ labels: [] }))).toBeNull();
  });

  test("a task ends as a duplicate where another run has told its result meanwhile", async () => {
    const finish = ({ github, issue }: World) => github.comment(issue, github.author, result(anOutcome()));
    expect(await askedAfter(finish)).toEqual({
      kind: "duplicate",
      reason: "another run has just finished the task",
    });
  });

  test("a task goes on where somebody else was denied meanwhile", async () => {
    const deny = ({ github, issue }: World) =>
      github.comment(issue, github.author, result({ kind: "denied", reason: "no" }));
    expect(await askedAfter(deny)).toBeNull();
  });

  test("a task fails where its issue is gone", async () => {
    const remove = ({ github }: World) => github.issues.pop();
    await expect(askedAfter(remove)).rejects.toMatchObject({ code: "issue-not-found" });
  });
});

describe("an instruction that was edited while it was worked on", () => {
  test.each([{ body: "Do something else." }, { title: "Another title" }])("is told: %j", async (edit) => {
    const { stop, notes } = await confirmedAfter(({ github }) => Object.assign(github.issue(7), edit));
    expect(stop).toBeNull();
    expect(notes).toEqual([expect.stringContaining("what stood there before is what was worked on")]);
  });

  test("is not told of where only labels or line ends are others", async () => {
    const touch = ({ github }: World) => {
      const issue = github.issue(7);
      Object.assign(issue, { body: issue.body.replaceAll("\n", "\r\n"), labels: [...issue.labels, "bug"] });
    };
    expect((await confirmedAfter(touch)).notes).toEqual([]);
  });
});
