import { describe, expect, test } from "@jest/globals";
import type { GitHub } from "../../src/ports.ts";
import { TOKEN, withGitHub } from "../builders/github-adapter.ts";
import { aCommentAnswer, anIssueAnswer, aPullAnswer } from "../builders/github-answers.ts";
import { type Seen, startScriptedGitHub } from "../builders/scripted-github.ts";

/** Makes one call that GitHub answers so; gives the request and what the caller gets. */
async function exchange<T>(status: number, body: unknown, call: (github: GitHub) => Promise<T>) {
  return await withGitHub([{ status, body }], async ({ github, requests }) => {
    const result = await call(github);
    return { result, request: requests[0] as Seen };
  });
}

describe("what is sent", () => {
  const issue = anIssueAnswer();
  const comment = aCommentAnswer();
  const pull = aPullAnswer();
  const rows: [string, number, unknown, (github: GitHub) => Promise<unknown>, unknown][] = [
    [
      "POST /repos/o/r/issues",
      201,
      issue,
      (github) => github.createIssue("o/r", { title: "T", body: "B", labels: ["l"] }),
      { title: "T", body: "B", labels: ["l"] },
    ],
    [
      "POST /repos/o/r/issues/7/comments",
      201,
      comment,
      (it) => it.createComment("o/r", 7, "{x}"),
      { body: "{x}" },
    ],
    [
      "PATCH /repos/o/r/issues/comments/9",
      200,
      comment,
      (it) => it.updateComment("o/r", 9, "B"),
      { body: "B" },
    ],
    ["DELETE /repos/o/r/issues/comments/9", 204, "", (it) => it.deleteComment("o/r", 9), null],
    [
      "POST /repos/o/r/issues/7/labels",
      200,
      [{ name: "a" }],
      (it) => it.addLabels("o/r", 7, ["a"]),
      { labels: ["a"] },
    ],
    ["PUT /repos/o/r/issues/7/labels", 200, [], (it) => it.replaceLabels("o/r", 7, []), { labels: [] }],
    [
      "POST /repos/o/r/issues/7/assignees",
      201,
      issue,
      (it) => it.addAssignees("o/r", 7, ["a"]),
      { assignees: ["a"] },
    ],
    [
      "POST /repos/o/r/issues/comments/9/reactions",
      201,
      { id: 1 },
      (it) => it.acknowledge("o/r", 9),
      { content: "eyes" },
    ],
    [
      "PATCH /repos/o/r/pulls/12",
      200,
      pull,
      (it) => it.updatePullRequest("o/r", 12, { body: "B" }),
      { body: "B" },
    ],
    [
      "POST /repos/o/r/pulls/12/requested_reviewers",
      201,
      pull,
      (github) => github.requestReviewers("o/r", 12, ["a"], ["t"]),
      { reviewers: ["a"], team_reviewers: ["t"] },
    ],
  ];

  test.each(
    rows,
  )("%s carries what the call says and nothing else", async (line, status, answer, call, body) => {
    const { request } = await exchange(status, answer, call);
    expect(`${request.method} ${request.path}`).toBe(line);
    expect(request.body).toEqual(body);
  });

  test("every request carries the token, the API's version and a user agent", async () => {
    const { request } = await exchange(200, issue, (github) => github.issue("o/r", 7));
    expect(request.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "x-github-api-version": "2022-11-28",
      "user-agent": expect.stringMatching(/^agent-runner /),
    });
  });

  test("a base URL with a path is kept, as GitHub Enterprise Server has it", async () => {
    const server = await startScriptedGitHub({ status: 200, body: issue });
    await withGitHub([], async ({ github }) => await github.issue("o/r", 7), {
      baseUrl: `${server.url}/api/v3/`,
    });
    expect(server.requests[0]?.path).toBe("/api/v3/repos/o/r/issues/7");
    await server.close();
  });

  test("a login or branch that is no path stays in its place", async () => {
    const { request } = await exchange(404, {}, (github) => github.permission("o/r", "../../user"));
    expect(request.path).toBe("/repos/o/r/collaborators/..%2F..%2Fuser/permission");
    const compared = await exchange(404, {}, (github) => github.commitsAhead("o/r", "main", "fix/a#1"));
    expect(compared.request.path).toBe("/repos/o/r/compare/main...fix%2Fa%231");
  });

  test("no text in it holds a secret of the run", async () => {
    const script = [{ status: 201, body: issue }];
    const wanted = { title: "T s3cret", body: "B", labels: ["s3cret"] };
    const redact = (text: string) => text.replaceAll("s3cret", "***");
    await withGitHub(
      script,
      async ({ github, requests }) => {
        await github.createIssue("o/r", wanted);
        expect(requests[0]?.body).toEqual({ title: "T ***", body: "B", labels: ["***"] });
      },
      { redact },
    );
  });

  test("the log tells of each call and never of the token", async () => {
    await withGitHub(
      [{ status: 200, headers: { "x-ratelimit-remaining": "42" }, body: issue }],
      async (scene) => {
        await scene.github.issue("o/r", 7);
        expect(scene.debug).toEqual([
          expect.stringMatching(/^GET \/repos\/o\/r\/issues\/7: 200 in \d+ ms, 42 calls left$/),
        ]);
        expect(scene.debug.join()).not.toContain(TOKEN);
      },
    );
  });
});

describe("what is read", () => {
  test("a repository by the name that the API gives back", async () => {
    const body = { full_name: "New/Name", default_branch: "trunk", archived: true };
    const { result } = await exchange(200, body, (github) => github.repository("old/name"));
    expect(result).toEqual({ name: "New/Name", defaultBranch: "trunk", archived: true });
  });

  test("whose token it is", async () => {
    const { result } = await exchange(200, { login: "octocat", type: "User" }, (github) => github.viewer());
    expect(result).toEqual({ login: "octocat", type: "User" });
  });

  test.each([
    [{ permission: "write", role_name: "maintain" }, "maintain"],
    [{ permission: "read", role_name: "triage" }, "triage"],
    [{ permission: "write", role_name: "release-captain" }, "write"],
    [{ permission: "admin" }, "admin"],
    [{ permission: "none", role_name: "" }, "none"],
  ])("a permission of %j is %s", async (body, permission) => {
    const { result } = await exchange(200, body, (github) => github.permission("o/r", "octocat"));
    expect(result).toBe(permission);
  });

  test("the commits ahead, in GitHub's order", async () => {
    const commit = (digit: string) => ({
      sha: digit.repeat(40),
      commit: { message: `m${digit}`, committer: { name: "N", email: "n@x" } },
    });
    const { result } = await exchange(200, { commits: [commit("1"), commit("2")] }, (github) =>
      github.commitsAhead("o/r", "main", "topic"),
    );
    expect(result).toEqual([
      { oid: "1".repeat(40), message: "m1", committer: { name: "N", email: "n@x" } },
      { oid: "2".repeat(40), message: "m2", committer: { name: "N", email: "n@x" } },
    ]);
  });

  test.each([
    ["completed", true],
    ["in_progress", false],
  ])("a workflow run that is %s", async (status, ended) => {
    const body = { created_at: "2026-01-02T03:04:05Z", status };
    const { result } = await exchange(200, body, (github) => github.workflowRun("o/r", 5));
    expect(result).toEqual({ createdAt: "2026-01-02T03:04:05Z", ended });
  });

  test("the pull requests of a branch, without those of a fork with the same owner", async () => {
    const fork = { ref: "topic", sha: "b".repeat(40), repo: { id: 6, full_name: "o/fork" } };
    const orphan = { ref: "topic", sha: "b".repeat(40), repo: null };
    const body = [aPullAnswer({ head: fork }), aPullAnswer({ head: orphan }), aPullAnswer({ number: 13 })];
    const { result, request } = await exchange(200, body, (github) =>
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

describe("a list of more than one page", () => {
  const page = (path: string, first: number, size: number, next: boolean) => (request: Seen) => ({
    status: 200,
    headers: next
      ? { link: `<http://${request.headers.host}${path}?page=2>; rel="next", <x>; rel="last"` }
      : {},
    body: Array.from({ length: size }, (_, index) => aCommentAnswer({ id: first + index })),
  });

  test("is read to its end, in order", async () => {
    const path = "/repositories/70/issues/7/comments";
    await withGitHub(
      [page(path, 1, 100, true), page(path, 101, 100, true), page(path, 201, 5, false)],
      async (scene) => {
        const comments = await scene.github.comments("o/r", 7);
        expect(comments.map(({ id }) => id)).toEqual(Array.from({ length: 205 }, (_, index) => index + 1));
        expect(scene.requests.map((request) => request.path)).toEqual([
          "/repos/o/r/issues/7/comments?per_page=100",
          `${path}?page=2`,
          `${path}?page=2`,
        ]);
      },
    );
  });

  test("is read again from where it broke", async () => {
    const script = [page("/x", 1, 100, true), "drop" as const, page("/x", 101, 1, false)];
    await withGitHub(script, async ({ github }) => {
      expect(await github.comments("o/r", 7)).toHaveLength(101);
    });
  });

  test("whose next page is on another host is refused", async () => {
    const script = [{ status: 200, headers: { link: '<https://evil.example/2>; rel="next"' }, body: [] }];
    await withGitHub(script, async ({ github }) => {
      await expect(github.comments("o/r", 7)).rejects.toThrow("https://evil.example");
    });
  });

  test("that never ends is cut off with a warning", async () => {
    const script = Array.from({ length: 101 }, () => page("/x", 1, 1, true));
    await withGitHub(script, async ({ github, warnings }) => {
      expect(await github.comments("o/r", 7)).toHaveLength(100);
      expect(warnings).toEqual([expect.stringContaining("more than 100 pages")]);
    });
  });

  test("of labelled issues asks for the label, oldest first", async () => {
    const { result, request } = await exchange(200, [anIssueAnswer({ pull_request: {} })], (github) =>
      github.issuesLabelled("o/r", "copilot-agent", "open"),
    );
    expect(result[0]).toMatchObject({ number: 7, isPullRequest: true });
    expect(request.path).toBe(
      "/repos/o/r/issues?per_page=100&labels=copilot-agent&state=open&sort=created&direction=asc",
    );
  });
});
