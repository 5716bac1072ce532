import { describe, expect, test } from "@jest/globals";
import type { GitHub } from "../../src/ports.ts";
import { askGitHub, TOKEN, withGitHub } from "../builders/github-adapter.ts";
import { aCommentAnswer, anIssueAnswer, aPullAnswer } from "../builders/github-answers.ts";

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
    const { request } = await askGitHub(status, answer, call);
    expect(`${request.method} ${request.path}`).toBe(line);
    expect(request.body).toEqual(body);
  });

  test("every request carries the token, the API's version and a user agent", async () => {
    const { request } = await askGitHub(200, issue, (github) => github.issue("o/r", 7));
    expect(request.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "x-github-api-version": "2022-11-28",
      "user-agent": expect.stringMatching(/^agent-runner /),
    });
  });

  test("a base URL with a path is kept, as GitHub Enterprise Server has it", async () => {
    const script = [{ status: 200, body: issue }];
    await withGitHub(
      script,
      async ({ github, requests }) => {
        await github.issue("o/r", 7);
        expect(requests[0]?.path).toBe("/api/v3/repos/o/r/issues/7");
      },
      { basePath: "/api/v3/" },
    );
  });

  test("a login or branch that is no path stays in its place", async () => {
    const { request } = await askGitHub(404, {}, (github) => github.permission("o/r", "../../user"));
    expect(request.path).toBe("/repos/o/r/collaborators/..%2F..%2Fuser/permission");
    const compared = await askGitHub(404, {}, (github) => github.commitsAhead("o/r", "main", "fix/a#1"));
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
