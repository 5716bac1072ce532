import { describe, expect, test } from "@jest/globals";
import type { GitHub } from "../../src/ports.ts";
import { TOKEN, withGitHub } from "../builders/github-adapter.ts";
import { aCommentAnswer, anIssueAnswer } from "../builders/github-answers.ts";
import { type Turn, withScriptedGitHub } from "../builders/scripted-github.ts";

const MOVED = "/repositories/70/issues/7/comments";

describe("a redirect, as GitHub answers for a renamed repository", () => {
  test.each([301, 302, 307, 308])("with %i keeps a POST's method, body and token", async (status) => {
    const script = [
      { status, headers: { location: MOVED }, body: { message: "Moved" } },
      { status: 201, body: aCommentAnswer() },
    ];
    await withGitHub(script, async ({ github, requests }) => {
      expect((await github.createComment("old/name", 7, "Hello")).id).toBe(900);
      expect(requests[1]).toMatchObject({
        method: "POST",
        path: MOVED,
        body: { body: "Hello" },
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json; charset=utf-8" },
      });
    });
  });

  test("may name a whole URL of the same host, and keeps its query", async () => {
    const script: Turn[] = [
      ({ headers }) => ({ status: 301, headers: { location: `http://${headers.host}/repositories/70?a=1` } }),
      { status: 200, body: { full_name: "new/name", default_branch: "trunk", archived: false } },
    ];
    await withGitHub(script, async ({ github, requests }) => {
      expect((await github.repository("old/name"))?.name).toBe("new/name");
      expect(requests[1]?.path).toBe("/repositories/70?a=1");
    });
  });

  const CALLS: [string, (github: GitHub) => Promise<unknown>][] = [
    ["read", (github) => github.issue("o/r", 7)],
    ["write", (github) => github.createComment("o/r", 7, "Hello")],
  ];

  test.each(CALLS)("to another host is refused in a %s, so that the token stays at home", async (_, call) => {
    await withScriptedGitHub([{ status: 200, body: anIssueAnswer() }], async (elsewhere) => {
      const script = [{ status: 307, headers: { location: `${elsewhere.url}/x` } }];
      await withGitHub(script, async ({ github }) => {
        const refused = call(github);
        await expect(refused).rejects.toMatchObject({ code: "github-unavailable" });
        await expect(refused).rejects.toThrow(elsewhere.url);
        expect(elsewhere.requests).toEqual([]);
      });
    });
  });

  test("in a circle ends after three", async () => {
    const script = Array.from({ length: 9 }, () => ({ status: 301, headers: { location: "/again" } }));
    await withGitHub(script, async ({ github, requests }) => {
      await expect(github.issue("o/r", 7)).rejects.toMatchObject({ code: "github-unavailable" });
      expect(requests).toHaveLength(4);
    });
  });

  test("without a place to go is no answer that can be used", async () => {
    await withGitHub([{ status: 301 }], async ({ github }) => {
      await expect(github.repository("o/r")).rejects.toMatchObject({ code: "github-unavailable" });
    });
  });
});
