import { describe, expect, test } from "@jest/globals";
import { askGitHub, withGitHub } from "../builders/github-adapter.ts";
import { anIssueAnswer, aPullAnswer } from "../builders/github-answers.ts";

describe("what is read", () => {
  test("a repository by the name that the API gives back", async () => {
    const body = { full_name: "New/Name", default_branch: "trunk", archived: true };
    const ask = (more: object) =>
      askGitHub(200, { ...body, ...more }, (github) => github.repository("old/name"));
    const read = { name: "New/Name", defaultBranch: "trunk", archived: true };
    expect((await ask({ has_pull_requests: false })).result).toEqual({ ...read, hasPullRequests: false });
    // An older server does not say it.
    expect((await ask({})).result).toEqual({ ...read, hasPullRequests: true });
  });

  test.each([
    [{ permission: "write", role_name: "maintain" }, "maintain"],
    [{ permission: "read", role_name: "triage" }, "triage"],
    [{ permission: "write", role_name: "release-captain" }, "write"],
    [{ permission: "admin" }, "admin"],
    [{ permission: "none", role_name: "" }, "none"],
  ])("a permission of %j is %s", async (body, permission) => {
    const { result } = await askGitHub(200, body, (github) => github.permission("o/r", "octocat"));
    expect(result).toBe(permission);
  });

  test("the commits ahead, in GitHub's order", async () => {
    const commit = (digit: string) => ({
      commit: { message: `m${digit}`, committer: { name: "N", email: "n@x" } },
    });
    const { result } = await askGitHub(200, { commits: [commit("1"), commit("2")] }, (github) =>
      github.commitsAhead("o/r", "main", "topic"),
    );
    expect(result).toEqual([
      { message: "m1", committer: { name: "N", email: "n@x" }, signedFor: null },
      { message: "m2", committer: { name: "N", email: "n@x" }, signedFor: null },
    ]);
  });

  test.each([
    ["completed", true],
    ["in_progress", false],
  ])("a workflow run that is %s", async (status, ended) => {
    const body = { created_at: "2026-01-02T03:04:05Z", status };
    const { result } = await askGitHub(200, body, (github) => github.workflowRun("o/r", 5));
    expect(result).toEqual({ createdAt: "2026-01-02T03:04:05Z", ended });
  });

  test("the pull requests of a branch, without those of a fork with the same owner", async () => {
    const fork = { ref: "topic", sha: "b".repeat(40), repo: { id: 6, full_name: "o/fork" } };
    const orphan = { ref: "topic", sha: "b".repeat(40), repo: null };
    const body = [aPullAnswer({ head: fork }), aPullAnswer({ head: orphan }), aPullAnswer({ number: 13 })];
    const { result, request } = await askGitHub(200, body, (github) =>
      github.pullRequestsFrom("o/r", "topic"),
    );
    expect(result.map(({ number }) => number)).toEqual([13]);
    expect(request.path).toBe(
      "/repos/o/r/pulls?per_page=100&head=o%3Atopic&state=all&sort=created&direction=desc",
    );
  });

  test("GitHub's clock by its last answer, and this machine's before the first", async () => {
    const date = "Fri, 02 Jan 2026 05:00:00 GMT";
    await withGitHub(
      [{ status: 200, headers: { date }, body: anIssueAnswer() }],
      async ({ github, clock }) => {
        expect(github.now()).toEqual(clock.now());
        await github.issue("o/r", 7);
        await clock.pause(10_000);
        expect(github.now().toISOString()).toBe("2026-01-02T05:00:10.000Z");
      },
    );
  });
});
