import { describe, expect, test } from "@jest/globals";
import { askGitHub, withGitHub } from "../builders/github-adapter.ts";
import { aCommentAnswer, anIssueAnswer } from "../builders/github-answers.ts";
import type { Seen } from "../builders/scripted-github.ts";

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
    const { result, request } = await askGitHub(200, [anIssueAnswer({ pull_request: {} })], (github) =>
      github.issuesLabelled("o/r", "copilot-agent", "open"),
    );
    expect(result[0]).toMatchObject({ number: 7, isPullRequest: true });
    expect(request.path).toBe(
      "/repos/o/r/issues?per_page=100&labels=copilot-agent&state=open&sort=created&direction=asc",
    );
  });
});
