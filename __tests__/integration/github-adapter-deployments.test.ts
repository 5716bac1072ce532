import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { createGitHub } from "../../src/adapters/github/github.ts";
import type { GitHub } from "../../src/ports.ts";
import { aClock } from "../builders/clock.ts";

const REPOSITORY = "your-org/operations";
const RUN = 1001;

let loopback: LoopbackGitHub;
let github: GitHub;

function gitHubWith(token: string): GitHub {
  const log = { debug: () => {}, warning: () => {} };
  const redact = (text: string) => text;
  return createGitHub({ baseUrl: loopback.url, token: async () => token, log, redact, clock: aClock() });
}

beforeEach(async () => {
  loopback = await startLoopbackGitHub();
  await loopback.createRepository(REPOSITORY, { private: true, files: { "a.md": "a" } });
  loopback.addRun(REPOSITORY, { id: RUN });
  const actor = { login: "github-actions[bot]", type: "Bot" } as const;
  const jobToken = { actor, kind: "actions" } as const;
  loopback.registerToken({ ...jobToken, token: "t-1", access: { [REPOSITORY]: { actions: "read" } } });
  loopback.registerToken({ ...jobToken, token: "t-2", access: { [REPOSITORY]: { contents: "read" } } });
  github = gitHubWith("t-1");
});

afterEach(async () => {
  const { violations, unknownRoutes } = loopback;
  await loopback.close();
  expect({ violations, unknownRoutes }).toEqual({ violations: [], unknownRoutes: [] });
});

describe("an environment", () => {
  test("names the users and teams that it asks", async () => {
    loopback.setEnvironment(REPOSITORY, "production/eu", { users: ["mona"], teams: ["on-call"] });
    expect(await github.environmentReviewers(REPOSITORY, "production/eu")).toEqual({
      users: ["mona"],
      teams: ["on-call"],
    });
  });

  test("without a rule for reviewers asks nobody", async () => {
    loopback.setEnvironment(REPOSITORY, "production");
    expect(await github.environmentReviewers(REPOSITORY, "Production")).toEqual({ users: [], teams: [] });
  });

  test("that is not there is null", async () => {
    expect(await github.environmentReviewers(REPOSITORY, "prodution")).toBeNull();
  });
});

describe("the reviews of a run", () => {
  test("are told in their order, each with its environment", async () => {
    loopback.setEnvironment(REPOSITORY, "production", { users: ["mona"] });
    loopback.review(REPOSITORY, RUN, { by: "mona", environment: "production", state: "rejected" });
    loopback.review(REPOSITORY, RUN, {
      by: "hubot",
      environment: "production",
      state: "approved",
      comment: "Go",
    });
    expect(await github.runReviews(REPOSITORY, RUN)).toEqual([
      { state: "rejected", by: "mona", comment: "", environments: ["production"] },
      { state: "approved", by: "hubot", comment: "Go", environments: ["production"] },
    ]);
  });

  test("are none where nobody was asked", async () => {
    expect(await github.runReviews(REPOSITORY, RUN)).toEqual([]);
  });

  test("take `actions: read`, and a refusal says so", async () => {
    await expect(gitHubWith("t-2").runReviews(REPOSITORY, RUN)).rejects.toMatchObject({
      code: "missing-permission",
      detail: expect.stringContaining("`actions: read`"),
    });
  });
});
