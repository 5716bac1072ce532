import { describe, expect, test } from "@jest/globals";
import { withGitHub } from "../builders/github-adapter.ts";
import { aCommentAnswer, anIssueAnswer } from "../builders/github-answers.ts";
import type { Turn } from "../builders/scripted-github.ts";

const ISSUE = { status: 200, body: anIssueAnswer() };
const COMMENT = { status: 201, body: aCommentAnswer() };
const LIMITED = {
  status: 403,
  headers: { "retry-after": "7" },
  body: { message: "You have exceeded a secondary rate limit." },
};

describe("a rate limit", () => {
  const LIMITS: [string, Turn, number][] = [
    ["429 with retry-after", { status: 429, headers: { "retry-after": "3" }, body: {} }, 3_000],
    ["a secondary limit with retry-after", LIMITED, 7_000],
    [
      "a secondary limit that only its text names",
      { status: 403, body: { message: "You have exceeded a secondary rate limit." } },
      60_000,
    ],
    [
      "a used-up primary limit",
      {
        status: 403,
        headers: {
          date: "Fri, 02 Jan 2026 03:04:05 GMT",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Date.parse("2026-01-02T03:04:25Z") / 1000),
        },
        body: { message: "API rate limit exceeded" },
      },
      20_000,
    ],
  ];

  test.each(LIMITS)("%s is waited for by a read", async (_, limit, wait) => {
    await withGitHub([limit, ISSUE], async ({ github, clock }) => {
      expect((await github.issue("o/r", 7))?.number).toBe(7);
      expect(clock.pauses).toEqual([wait]);
    });
  });

  test.each(
    LIMITS,
  )("%s is waited for by a write, which was certainly not carried out", async (_, limit, wait) => {
    await withGitHub([limit, COMMENT], async ({ github, clock, requests }) => {
      expect((await github.createComment("o/r", 7, "Hello")).id).toBe(900);
      expect(clock.pauses).toEqual([wait]);
      expect(requests.map(({ body }) => body)).toEqual([{ body: "Hello" }, { body: "Hello" }]);
    });
  });

  test("that lasts beyond the budget fails at once and says until when", async () => {
    const limit: Turn = { status: 429, headers: { "retry-after": "3600" } };
    await withGitHub([limit, ISSUE], async ({ github, clock, requests }) => {
      await expect(github.issue("o/r", 7)).rejects.toMatchObject({
        code: "rate-limited",
        detail: "GitHub asks to wait until **2026-01-02 04:04:05 UTC**.",
      });
      expect(clock.pauses).toEqual([]);
      // While it lasts, GitHub is left alone.
      await expect(github.createComment("o/r", 7, "Hello")).rejects.toMatchObject({ code: "rate-limited" });
      expect(requests).toHaveLength(1);
    });
  });

  test("that comes again and again ends with the budget", async () => {
    const limits = Array.from({ length: 20 }, (): Turn => LIMITED);
    await withGitHub(
      limits,
      async ({ github, clock }) => {
        await expect(github.createComment("o/r", 7, "Hello")).rejects.toMatchObject({ code: "rate-limited" });
        expect(clock.pauses).toEqual([7_000, 7_000]);
      },
      { budgetMs: 20_000 },
    );
  });

  test("a 403 that is about a permission is not waited for", async () => {
    const forbidden: Turn = {
      status: 403,
      headers: { "x-ratelimit-remaining": "4999" },
      body: { message: "Resource not accessible by integration" },
    };
    await withGitHub([forbidden], async ({ github, clock }) => {
      await expect(github.createComment("o/r", 7, "Hello")).rejects.toMatchObject({
        code: "missing-permission",
      });
      expect(clock.pauses).toEqual([]);
    });
  });
});
