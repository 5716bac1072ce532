import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { checkAnswer } from "../../loopback/openapi.ts";
import { aClient, aGitHubWithWriter, type Client } from "../builders/loopback-client.ts";

let github: LoopbackGitHub;
let call: Client;

beforeEach(async () => {
  github = await aGitHubWithWriter();
  call = aClient(github, "writer");
});

afterEach(() => github.close());

describe("GitHub's OpenAPI description as the judge", () => {
  test("a body of the wrong type is refused with 422 and noted", async () => {
    const answer = await call("POST", "/repos/acme/app/issues", { title: "x", labels: "copilot-agent" });
    expect(answer.status).toBe(422);
    expect(github.violations).toEqual([
      { method: "POST", path: "/repos/acme/app/issues", where: "request", message: "/labels must be array" },
    ]);
  });

  test("a body without a required field is refused with 422 and noted", async () => {
    expect((await call("POST", "/repos/acme/app/pulls", { title: "x", head: "y" })).status).toBe(422);
    expect(github.violations.map(({ message }) => message)).toEqual(["/ must have required property 'base'"]);
  });

  test("a field or a query that GitHub would pass over is noted", async () => {
    await call("POST", "/repos/acme/app/issues", { title: "x", label: "typo" });
    await call("GET", "/repos/acme/app/issues?lables=x&per_page=many");
    expect(github.violations.map(({ message }) => message)).toEqual([
      "label is not known to GitHub",
      "query lables is not known to GitHub",
      "query per_page: / must be integer",
    ]);
  });

  test("an answer that lacks a field, or has a status that GitHub never sends, is noticed", async () => {
    const { body } = await call("GET", "/repos/acme/app");
    expect(checkAnswer("GET /repos/{owner}/{repo}", 200, body)).toEqual([]);
    const { default_branch: _, ...cut } = body;
    expect(checkAnswer("GET /repos/{owner}/{repo}", 200, cut)).toEqual([
      "/ must have required property 'default_branch'",
    ]);
    expect(checkAnswer("GET /repos/{owner}/{repo}", 200, { ...body, size: "big" })).toEqual([
      "/size must be integer",
    ]);
    expect(checkAnswer("GET /repos/{owner}/{repo}", 202, body)).toHaveLength(1);
  });

  test("a route that is not there is answered 404 and noted", async () => {
    expect((await call("GET", "/repos/acme/app/nonsense")).status).toBe(404);
    expect(github.unknownRoutes).toEqual([{ method: "GET", path: "/repos/acme/app/nonsense" }]);
  });

  test("JSON that does not parse is answered 400", async () => {
    const answer = await fetch(`${github.url}/repos/acme/app/issues`, {
      method: "POST",
      headers: { authorization: "Bearer writer" },
      body: "{",
    });
    expect(answer.status).toBe(400);
  });

  test("the records hold the request and the name of the token, never the token", async () => {
    await call("POST", "/repos/acme/app/issues?x=1", { title: "x" });
    expect(github.requests).toMatchObject([
      {
        kind: "api",
        method: "POST",
        path: "/repos/acme/app/issues",
        query: { x: "1" },
        body: { title: "x" },
        status: 201,
      },
    ]);
    expect(github.requests[0]?.headers.authorization).toBe("mona");
    expect(JSON.stringify(github.requests)).not.toContain("writer");
    github.reset();
    expect([github.requests, github.violations]).toEqual([[], []]);
  });
});
