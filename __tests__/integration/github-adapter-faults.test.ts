import { describe, expect, test } from "@jest/globals";
import { AnswerLost } from "../../src/ports.ts";
import { withGitHub } from "../builders/github-adapter.ts";
import { aCommentAnswer, anIssueAnswer } from "../builders/github-answers.ts";
import type { Turn } from "../builders/scripted-github.ts";

const SHORT = { callTimeoutMs: 200 };
const ISSUE = { status: 200, body: anIssueAnswer() };
const COMMENT = { status: 201, body: aCommentAnswer() };
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
