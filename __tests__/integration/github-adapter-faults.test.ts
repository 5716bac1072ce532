import { describe, expect, test } from "@jest/globals";
import { AnswerLost } from "../../src/ports.ts";
import { withGitHub } from "../builders/github-adapter.ts";
import { aCommentAnswer, anIssueAnswer } from "../builders/github-answers.ts";
import type { Turn } from "../builders/scripted-github.ts";

const SHORT = { callTimeoutMs: 200 };
const ISSUE = { status: 200, body: anIssueAnswer() };
const COMMENT = { status: 201, body: aCommentAnswer() };
const LIMITED = {
  status: 403,
  headers: { "retry-after": "7" },
  body: { message: "You have exceeded a secondary rate limit." },
};

const UNKNOWN: [string, Turn][] = [
  ["a dropped socket", "drop"],
  ["an answer that never comes", "hang"],
  ["an answer that is cut off", "truncated"],
  ["500", { status: 500 }],
  ["502", { status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad gateway" }],
  ["503", { status: 503, body: { message: "Service unavailable" } }],
  ["504", { status: 504 }],
  ["a 200 with broken JSON", { status: 200, body: '{"number": 7, "titl' }],
  ["a 200 with an empty body", { status: 200, body: "" }],
  ["a 200 of the wrong shape", { status: 200, body: { hello: "world" } }],
  ["a 200 that is a page", { status: 200, headers: { "content-type": "text/html" }, body: "<html>Login" }],
];

describe("an answer from which nobody can know what happened", () => {
  test.each(UNKNOWN)("after %s a read is tried again", async (_, fault) => {
    await withGitHub(
      [fault, ISSUE],
      async ({ github, requests, clock }) => {
        const issue = await github.issue("your-org/dispatch", 7);
        expect(issue?.number).toBe(7);
        expect(requests).toHaveLength(2);
        expect(clock.pauses).toHaveLength(1);
      },
      SHORT,
    );
  });

  test.each(UNKNOWN)("after %s a write is not repeated: its answer is lost", async (_, fault) => {
    await withGitHub(
      [fault, COMMENT],
      async ({ github, requests }) => {
        await expect(github.createComment("your-org/dispatch", 7, "Hello")).rejects.toThrow(AnswerLost);
        expect(requests).toHaveLength(1);
      },
      SHORT,
    );
  });

  test("a read is given up after three tries, naming the call, the last answer and its id", async () => {
    const last: Turn = { status: 502, headers: { "x-github-request-id": "ABCD:1234" } };
    await withGitHub([{ status: 500 }, "drop", last, ISSUE], async ({ github, requests }) => {
      const failure = github.issue("your-org/dispatch", 7);
      await expect(failure).rejects.toMatchObject({
        code: "github-unavailable",
        detail: "Could not read your-org/dispatch#7: GitHub answered 502. Its request id is `ABCD:1234`.",
      });
      expect(requests).toHaveLength(3);
    });
  });

  test("pauses between tries grow, and differ by chance", async () => {
    await withGitHub([{ status: 500 }, { status: 500 }, ISSUE], async ({ github, clock }) => {
      await github.issue("your-org/dispatch", 7);
      const [first = 0, second = 0] = clock.pauses;
      expect(first).toBeGreaterThanOrEqual(125);
      expect(first).toBeLessThan(375);
      expect(second).toBeGreaterThanOrEqual(250);
      expect(second).toBeLessThan(750);
    });
  });

  test("a server that cannot be reached fails a read as unavailable and loses a write's answer", async () => {
    const url = await withGitHub([], async (scene) => scene.url);
    await withGitHub(
      [],
      async ({ github }) => {
        await expect(github.issue("o/r", 7)).rejects.toMatchObject({ code: "github-unavailable" });
        await expect(github.createComment("o/r", 7, "Hello")).rejects.toThrow(AnswerLost);
      },
      { baseUrl: url },
    );
  });

  test("a lost answer keeps its cause", async () => {
    await withGitHub(["drop"], async ({ github }) => {
      const lost = await github.createComment("o/r", 7, "Hello").catch((thrown: unknown) => thrown);
      expect(lost).toMatchObject({ name: "AnswerLost", cause: { name: "NoAnswer" } });
    });
  });
});

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
