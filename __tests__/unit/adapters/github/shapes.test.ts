import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import type { z } from "zod";
import {
  actorShape,
  commentShape,
  issueShape,
  pullRequestShape,
  repositoryShape,
} from "../../../../src/adapters/github/shapes.ts";
import { aCommentAnswer, anIssueAnswer, aPullAnswer } from "../../../builders/github-answers.ts";

type Part = Record<string, unknown>;
type Payload = Record<string, Part | undefined> & { action?: unknown };
const events: { name: string; examples: Payload[] }[] = createRequire(import.meta.url)(
  "@octokit/webhooks-examples",
);

/** That part of every published example of an event, but for two whose issue was cut by whoever sent them in. */
function realOnes(event: string, part: string): Part[] {
  const examples = events.find(({ name }) => name === event)?.examples ?? [];
  const whole = examples.filter(({ action }) => action !== "pinned" && action !== "unpinned");
  return whole.flatMap((example): Part[] => (example[part] ? [example[part]] : []));
}

describe("GitHub's own published examples are read:", () => {
  const REAL: [string, string, z.ZodType][] = [
    ["issues", "issue", issueShape],
    ["issues", "repository", repositoryShape],
    ["issues", "sender", actorShape],
    ["issue_comment", "comment", commentShape],
    ["issue_comment", "issue", issueShape],
    ["pull_request", "pull_request", pullRequestShape],
  ];

  test.each(REAL)("every `%s` event's `%s`", (event, part, shape) => {
    const examples = realOnes(event, part);
    expect(examples.length).toBeGreaterThan(8);
    for (const example of examples) expect(shape.safeParse(example).error).toBeUndefined();
  });

  test("an issue in full", () => {
    const [example] = realOnes("issues", "issue");
    expect(issueShape.parse(example)).toEqual({
      repository: "Codertocat/Hello-World",
      number: 1,
      url: "https://github.com/Codertocat/Hello-World/issues/1",
      title: expect.any(String),
      body: expect.any(String),
      author: { login: "Codertocat", type: "User" },
      labels: expect.any(Array),
      state: "open",
      isPullRequest: false,
      commentCount: 0,
      updatedAt: example?.updated_at,
    });
  });
});

describe("an issue", () => {
  test("has an empty body where GitHub says null", () => {
    expect(issueShape.parse(anIssueAnswer({ body: null })).body).toBe("");
  });

  test("has its labels by name, however they are listed", () => {
    const labels = ["a", { id: 1, name: "b" }];
    expect(issueShape.parse(anIssueAnswer({ labels })).labels).toEqual(["a", "b"]);
  });

  test("of a deleted account is by the ghost", () => {
    expect(issueShape.parse(anIssueAnswer({ user: null })).author).toEqual({ login: "ghost", type: "User" });
  });

  test("is told from a pull request", () => {
    expect(issueShape.parse(anIssueAnswer({ pull_request: { url: "x" } })).isPullRequest).toBe(true);
    expect(issueShape.parse(anIssueAnswer()).isPullRequest).toBe(false);
  });

  test("of an enterprise server is in the repository that it says", () => {
    const repository_url = "https://ghe.example/api/v3/repos/o/r.js";
    expect(issueShape.parse(anIssueAnswer({ repository_url })).repository).toBe("o/r.js");
  });
});

describe("a comment", () => {
  test("says whether an app's token wrote it", () => {
    expect(commentShape.parse(aCommentAnswer()).viaApp).toBe(false);
    expect(commentShape.parse(aCommentAnswer({ performed_via_github_app: { id: 1 } })).viaApp).toBe(true);
  });
});

describe("a pull request", () => {
  test("has no head repository once its fork was deleted", () => {
    const head = { ref: "topic", sha: "a".repeat(40), repo: null };
    expect(pullRequestShape.parse(aPullAnswer({ head })).head.repository).toBeNull();
  });

  test("is merged where GitHub says when, since lists say no more", () => {
    const merged = aPullAnswer({ state: "closed", merged_at: "2026-01-02T03:04:05Z" });
    expect(pullRequestShape.parse(merged)).toMatchObject({ state: "closed", merged: true });
    expect(pullRequestShape.parse(aPullAnswer()).merged).toBe(false);
  });

  test("whose commit is no object id is no pull request", () => {
    const head = { ref: "topic", sha: "--upload-pack=evil", repo: null };
    expect(pullRequestShape.safeParse(aPullAnswer({ head })).success).toBe(false);
  });
});
