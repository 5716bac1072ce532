import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { createStatusWriter } from "../../../src/report/status-writer.ts";
import type { Actor } from "../../../src/task.ts";
import { settle } from "../../fakes/recorded.ts";
import { aWorld, TASK_ID } from "../../fakes/world.ts";

const MARKER = `<!-- agent_runner_status {"task_id": "${TASK_ID}"} -->`;
const US: Actor = { login: "github-actions[bot]", type: "Bot" };

/** A writer whose text is the stage that the test is at. */
function aWriter() {
  const world = aWorld();
  const text = { now: "begun" };
  const writer = createStatusWriter(world.ports, () => `${text.now}\n\n${MARKER}`);
  const shown = () => world.github.bodiesOn(7).map((body) => body.split("\n")[0]);
  return { ...world, text, writer, shown };
}

describe("the status comment", () => {
  test("is created at the begin and edited at the end", async () => {
    const { writer, issue, text, shown } = aWriter();
    writer.begin(issue, TASK_ID, null);
    await settle();
    expect([shown(), writer.added()]).toEqual([["begun"], 1]);
    text.now = "ended";
    await writer.end();
    expect(shown()).toEqual(["ended"]);
  });

  test("of an earlier run is edited, and none is added", async () => {
    const { writer, issue, github, text, shown } = aWriter();
    const found = github.comment(issue, US, `old\n\n${MARKER}`);
    writer.begin(issue, TASK_ID, found.id);
    text.now = "ended";
    await writer.end();
    expect([shown(), writer.added()]).toEqual([["ended"], 0]);
  });

  test("is edited at most every five seconds, however many stages go by", async () => {
    const { writer, issue, github, clock, text, shown } = aWriter();
    writer.begin(issue, TASK_ID, null);
    await settle();
    for (const stage of ["one", "two", "three"]) {
      text.now = stage;
      writer.refresh();
    }
    await clock.pass(4999);
    await settle();
    expect(shown()).toEqual(["begun"]);
    await clock.pass(1);
    await settle();
    expect(shown()).toEqual(["three"]);
    expect(github.script.names().filter((name) => name === "updateComment")).toHaveLength(1);
  });

  test("leaves no edit planned behind its end", async () => {
    const { writer, issue, clock } = aWriter();
    writer.begin(issue, TASK_ID, null);
    writer.refresh();
    await writer.end();
    expect(clock.planned()).toBe(0);
  });

  test("is one where the answer to its creation was lost", async () => {
    const { writer, issue, github, text, shown } = aWriter();
    github.script.plan("createComment", "lost after");
    writer.begin(issue, TASK_ID, null);
    text.now = "ended";
    await writer.end();
    expect(shown()).toEqual(["ended"]);
  });

  test("is edited again where the answer to the edit was lost", async () => {
    const { writer, issue, github, text, shown } = aWriter();
    writer.begin(issue, TASK_ID, null);
    await settle();
    github.script.plan("updateComment", "lost before");
    text.now = "ended";
    await writer.end();
    expect(shown()).toEqual(["ended"]);
  });

  test.each([
    "createComment",
    "updateComment",
  ])("that fails at %s is a warning, and rejects nothing", async (call) => {
    const { writer, issue, github, log } = aWriter();
    github.script.plan(call, new TaskFailure("missing-permission", "issues: write"));
    writer.begin(issue, TASK_ID, null);
    writer.refresh();
    await writer.end();
    expect(log.texts("warning")).toEqual([expect.stringContaining("issues: write")]);
  });

  test("is taken back where this run added it", async () => {
    const { writer, issue, shown, clock } = aWriter();
    writer.begin(issue, TASK_ID, null);
    writer.refresh();
    await writer.retract();
    expect([shown(), clock.planned()]).toEqual([[], 0]);
  });

  test("of an earlier run is ended, not deleted, where this run takes its begin back", async () => {
    const { writer, issue, github, text, shown } = aWriter();
    const found = github.comment(issue, US, `old\n\n${MARKER}`);
    writer.begin(issue, TASK_ID, found.id);
    text.now = "a duplicate";
    await writer.retract();
    expect(shown()).toEqual(["a duplicate"]);
  });

  test("is neither made nor touched by a run that never began", async () => {
    const { writer, github } = aWriter();
    await writer.end();
    await writer.retract();
    expect(github.script.calls).toEqual([]);
  });
});
