import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { createAppTokens } from "../../src/adapters/github/app-token.ts";
import { createGitHub } from "../../src/adapters/github/github.ts";
import { aClock } from "../builders/clock.ts";

const DISPATCH = "your-org/dispatch";
const TARGET = "your-org/target";
const PULL = { title: "Add it", body: "Body", head: "topic", base: "main", draft: true };
const log = { debug: () => {}, warning: () => {} };
const redact = (text: string) => text;

let loopback: LoopbackGitHub;

beforeEach(async () => {
  loopback = await startLoopbackGitHub();
  await loopback.createRepository(DISPATCH);
  await loopback.createRepository(TARGET, { defaultBranch: "main" });
});

afterEach(async () => {
  const { violations, unknownRoutes } = loopback;
  await loopback.close();
  expect({ violations, unknownRoutes }).toEqual({ violations: [], unknownRoutes: [] });
});

/** The adapter with a token of that kind that may write to both repositories. */
function connect(kind: "classic" | "actions" = "classic") {
  const actor =
    kind === "classic"
      ? ({ login: "robot", type: "User" } as const)
      : ({ login: "github-actions[bot]", type: "Bot" } as const);
  const permissions = {
    issues: "write",
    pull_requests: "write",
    contents: "write",
    metadata: "read",
    actions: "read",
  };
  const access = kind === "classic" ? ("write" as const) : (permissions as Record<string, "read" | "write">);
  loopback.registerToken({ token: "t-1", actor, kind, access: { [DISPATCH]: access, [TARGET]: access } });
  return createGitHub({ baseUrl: loopback.url, token: async () => "t-1", log, redact, clock: aClock() });
}

describe("against GitHub's own description of its API", () => {
  test("issues, comments and labels are read and written", async () => {
    const github = connect();
    const labels = ["copilot-agent"];
    const { number, repository } = await github.createIssue(DISPATCH, { title: "T", body: "B", labels });
    expect(repository).toBe(DISPATCH);
    expect(await github.issue(DISPATCH, number)).toMatchObject({ title: "T", labels, state: "open" });
    expect(await github.issuesLabelled(DISPATCH, "copilot-agent", "open")).toHaveLength(1);

    const comment = await github.createComment(DISPATCH, number, "Hello");
    await github.updateComment(DISPATCH, comment.id, "Edited");
    await github.acknowledge(DISPATCH, comment.id);
    const [found] = await github.comments(DISPATCH, number);
    expect(found).toMatchObject({ id: comment.id, body: "Edited", viaApp: false });
    await github.deleteComment(DISPATCH, comment.id);
    expect(await github.comments(DISPATCH, number)).toEqual([]);

    expect(await github.addLabels(DISPATCH, number, ["agent-processing"])).toEqual([
      ...labels,
      "agent-processing",
    ]);
    await github.replaceLabels(DISPATCH, number, ["agent-completed"]);
    expect(loopback.issue(DISPATCH, number).labels).toEqual(["agent-completed"]);
  });

  test("a pull request is created once, found by its branch, and edited", async () => {
    await loopback.commit(TARGET, "topic", { "a.txt": "a\n" }, "Add a");
    loopback.setPermission(TARGET, "hubot", "write");
    const github = connect();
    const created = await github.createPullRequest(TARGET, PULL);
    if (created.kind !== "created") throw new Error(created.kind);
    const { number } = created.pullRequest;
    expect(created.pullRequest).toMatchObject({ state: "open", draft: true, head: { ref: "topic" } });
    expect(await github.createPullRequest(TARGET, PULL)).toEqual({ kind: "exists" });

    await github.updatePullRequest(TARGET, number, { body: "New" });
    await github.addAssignees(TARGET, number, ["hubot"]);
    await github.requestReviewers(TARGET, number, ["hubot"], []);
    const found = await github.pullRequestsFrom(TARGET, "topic");
    expect(found).toEqual([await github.pullRequest(TARGET, number)]);
    expect(found[0]?.body).toBe("New");
    const ahead = await github.commitsAhead(TARGET, "main", "topic");
    expect(ahead?.map(({ message }) => message.trim())).toEqual(["Add a"]);
  });

  test("a branch without commits of its own, and a missing base, are told apart", async () => {
    await loopback.git(TARGET, "branch", "topic", "main");
    const github = connect();
    expect(await github.createPullRequest(TARGET, PULL)).toEqual({ kind: "no-commits" });
    const missing = github.createPullRequest(TARGET, { ...PULL, base: "nowhere" });
    await expect(missing).rejects.toMatchObject({ code: "base-not-found" });
  });

  test("people, repositories and runs are read", async () => {
    loopback.setPermission(DISPATCH, "hubot", "maintain");
    loopback.addRun(DISPATCH, { id: 55, status: "completed", conclusion: "success" });
    const github = connect();
    expect(await github.viewer()).toEqual({ login: "robot", type: "User" });
    expect(await github.permission(DISPATCH, "hubot")).toBe("maintain");
    expect(await github.permission(DISPATCH, "nobody")).toBe("none");
    expect(await github.workflowRun(DISPATCH, 55)).toMatchObject({ ended: true });
    expect(await github.repository("your-org/secret")).toBeNull();
  });

  test("a workflow's own token is the bot's of Actions, and may be kept from opening pull requests", async () => {
    await loopback.commit(TARGET, "topic", { "a.txt": "a\n" });
    loopback.configure(TARGET, { actionsMayCreatePullRequests: false });
    const github = connect("actions");
    expect(await github.viewer()).toEqual({ login: "github-actions[bot]", type: "Bot" });
    const refused = github.createPullRequest(TARGET, PULL);
    await expect(refused).rejects.toMatchObject({ code: "pull-requests-not-allowed" });
  });

  test("a renamed repository is read and written under its old name", async () => {
    const number = loopback.createIssue(DISPATCH, { title: "T", body: null });
    const github = connect();
    loopback.rename(DISPATCH, "your-org/renamed");
    expect((await github.repository(DISPATCH))?.name).toBe("your-org/renamed");
    await github.createComment(DISPATCH, number, "Hello");
    expect(await github.comments(DISPATCH, number)).toHaveLength(1);
  });

  test("an App gets a token, works with it, and revokes it", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    loopback.registerApp({
      id: 1234,
      slug: "agent-runner",
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      permissions: { issues: "write", metadata: "read" },
      installations: [{ id: 33, account: "your-org", repositories: [DISPATCH] }],
    });
    const tokens = createAppTokens({
      baseUrl: loopback.url,
      appId: "1234",
      privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
      conceal: () => {},
      log,
      redact,
      clock: { now: () => new Date(), pause: async () => {} },
    });
    expect(await tokens.slug()).toBe("agent-runner");
    const github = createGitHub({
      baseUrl: loopback.url,
      token: () => tokens.tokenFor(DISPATCH, { issues: "write" }),
      log,
      redact,
      clock: aClock(),
    });
    const { author } = await github.createIssue(DISPATCH, { title: "T", body: "B", labels: [] });
    expect(author).toEqual({ login: "agent-runner[bot]", type: "Bot" });
    await expect(tokens.tokenFor(TARGET, { issues: "write" })).rejects.toMatchObject({
      code: "target-not-found",
    });
    const token = await tokens.tokenFor(DISPATCH, { issues: "write" });
    await tokens.revokeAll();
    const late = createGitHub({
      baseUrl: loopback.url,
      token: async () => token,
      log,
      redact,
      clock: aClock(),
    });
    await expect(late.issue(DISPATCH, 1)).rejects.toMatchObject({ code: "bad-credentials" });
  });
});
