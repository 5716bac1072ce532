import { describe, expect, test } from "@jest/globals";
import { askGitHub, withGitHub } from "../builders/github-adapter.ts";
import type { Turn } from "../builders/scripted-github.ts";

const REFUSED = { status: 403, body: { message: "Resource not accessible by integration" } };
const APP = { status: 200, body: { data: { viewer: { login: "my-app[bot]" } } } };

describe("whose token it is", () => {
  test("is told by the API for a person's", async () => {
    const { result } = await askGitHub(200, { login: "octocat", type: "User" }, (github) => github.viewer());
    expect(result).toEqual({ login: "octocat", type: "User" });
  });

  test.each([
    ["", "/graphql"],
    ["/api/v3", "/api/graphql"],
    ["/api/v3/", "/api/graphql"],
  ])("is told by GraphQL for an app's, with the API under %j at %s", async (basePath, path) => {
    const scene = async ({ github, requests }: Parameters<Parameters<typeof withGitHub>[1]>[0]) => {
      expect(await github.viewer()).toEqual({ login: "my-app[bot]", type: "Bot" });
      expect(requests[1]).toMatchObject({
        ...{ method: "POST", path },
        body: { query: "query { viewer { login } }" },
      });
    };
    await withGitHub([REFUSED, APP], scene, { basePath });
  });

  test("is asked once", async () => {
    await withGitHub([REFUSED, APP], async ({ github, requests }) => {
      await Promise.all([github.viewer(), github.viewer()]);
      await github.viewer();
      expect(requests).toHaveLength(2);
    });
  });

  test.each<[string, Turn[]]>([
    ["refused to tell", [REFUSED]],
    ["answered with errors", [{ status: 200, body: { errors: [{ message: "Something went wrong" }] } }]],
    ["never answered", ["drop", "drop", "drop"]],
  ])("is asked again the next time where GraphQL %s", async (_, trouble) => {
    await withGitHub([REFUSED, ...trouble, REFUSED, APP], async ({ github }) => {
      expect(await Promise.all([github.viewer(), github.viewer()])).toEqual([null, null]);
      expect(await github.viewer()).toMatchObject({ login: "my-app[bot]" });
    });
  });

  test("is asked again where nobody answered, of an app too", async () => {
    await withGitHub([REFUSED, "drop", { status: 502 }, APP], async ({ github }) => {
      expect(await github.viewer()).toMatchObject({ login: "my-app[bot]" });
    });
    const down: Turn[] = ["drop", "drop", "drop"];
    await withGitHub(
      [...down, { status: 200, body: { login: "octocat", type: "User" } }],
      async ({ github }) => {
        await expect(github.viewer()).rejects.toMatchObject({ code: "github-unavailable" });
        expect(await github.viewer()).toMatchObject({ login: "octocat" });
      },
    );
  });

  test.each<[string, Turn[]]>([
    ["is refused there too", [REFUSED, REFUSED]],
    [
      "has no GraphQL",
      [
        { status: 404, body: {} },
        { status: 404, body: {} },
      ],
    ],
    ["answers with errors", [REFUSED, { status: 200, body: { data: null, errors: [{ message: "No" }] } }]],
    [
      "is called as no author of a comment is",
      [REFUSED, { status: 200, body: { data: { viewer: { login: "my-app" } } } }],
    ],
    ["never answers", [REFUSED, "drop", "drop", "drop"]],
  ])("is not known of an app that %s", async (_, script) => {
    await withGitHub(script, async ({ github, requests }) => {
      expect(await github.viewer()).toBeNull();
      expect(requests).toHaveLength(script.length);
    });
  });
});
