import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { createGitHub } from "../../src/adapters/github/github.ts";
import type { GitHub } from "../../src/ports.ts";
import type { Actor } from "../../src/task.ts";
import { aClock } from "../builders/clock.ts";

const DISPATCH = "your-org/dispatch";
const LABEL = "copilot-agent";
const MONA: Actor = { login: "mona", type: "User" };
const HUBOT: Actor = { login: "hubot", type: "User" };

let loopback: LoopbackGitHub;
let github: GitHub;
let now: number;

beforeEach(async () => {
  now = Date.parse("2026-01-02T03:00:00Z");
  loopback = await startLoopbackGitHub({ now: () => new Date(now) });
  await loopback.createRepository(DISPATCH, {
    files: { ".github/agent-runner.yml": "reason: Größe\n", "docs/a.md": "a" },
  });
  loopback.registerToken({
    token: "t-1",
    actor: { login: "github-actions[bot]", type: "Bot" },
    kind: "actions",
    access: { [DISPATCH]: { issues: "read", contents: "read", metadata: "read" } },
  });
  const log = { debug: () => {}, warning: () => {} };
  const redact = (text: string) => text;
  github = createGitHub({ baseUrl: loopback.url, token: async () => "t-1", log, redact, clock: aClock() });
});

afterEach(async () => {
  const { violations, unknownRoutes } = loopback;
  await loopback.close();
  expect({ violations, unknownRoutes }).toEqual({ violations: [], unknownRoutes: [] });
});

/** Somebody opens an issue with labels, an hour after whatever was before. */
function openIssue(author: Actor, ...labels: string[]): number {
  now += 3_600_000;
  return loopback.createIssue(DISPATCH, { title: "T", body: "B", author, labels });
}

describe("a file of the default branch", () => {
  test("is read as text", async () => {
    expect(await github.textFile(DISPATCH, ".github/agent-runner.yml")).toBe("reason: Größe\n");
  });

  test.each(["docs", ".github/other.yml"])("is null where %s is none", async (path) => {
    expect(await github.textFile(DISPATCH, path)).toBeNull();
  });
});

describe("who asked for tasks of late", () => {
  test("is whoever set the label, on whatever issue", async () => {
    const [old, first, second] = [
      openIssue(MONA, LABEL),
      openIssue(MONA, "Copilot-Agent", "bug"),
      openIssue(MONA),
    ];
    loopback.addLabel(DISPATCH, second, LABEL, HUBOT);
    const labellings = await github.labellingsSince(DISPATCH, LABEL, "2026-01-02T04:30:00Z");
    expect(labellings.map(({ issueNumber, actor, at }) => [issueNumber, actor.login, at])).toEqual([
      [second, "hubot", "2026-01-02T06:00:00Z"],
      [first, "mona", "2026-01-02T05:00:00Z"],
    ]);
    expect(old).toBeLessThan(first);
  });

  test("is read as far back as it is asked for, and no further", async () => {
    for (let count = 0; count < 150; count += 1) openIssue(MONA, LABEL);
    const since = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
    loopback.reset();
    expect(await github.labellingsSince(DISPATCH, LABEL, since(50))).toHaveLength(51);
    expect(loopback.requests).toHaveLength(1);
    expect(await github.labellingsSince(DISPATCH, LABEL, since(120))).toHaveLength(121);
    expect(loopback.requests).toHaveLength(3);
  });

  test("is told by comments, with their issues", async () => {
    const [first, second] = [openIssue(MONA), openIssue(MONA)];
    loopback.comment(DISPATCH, first, "/agent run", MONA);
    now += 3_600_000;
    loopback.comment(DISPATCH, second, "/agent retry", HUBOT);
    const comments = await github.commentsSince(DISPATCH, new Date(now - 60_000).toISOString());
    expect(comments).toMatchObject([{ issueNumber: second, body: "/agent retry", author: HUBOT }]);
    expect(await github.commentsSince(DISPATCH, "2026-01-02T03:00:00Z")).toHaveLength(2);
  });
});
