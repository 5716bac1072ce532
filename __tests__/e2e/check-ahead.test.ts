import { describe, expect, jest, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { aLabelledIssue, REPOSITORY, runJob, whatRemains, withGitHub } from "../builders/job.ts";

jest.setTimeout(120_000);

const READER = "ghs_reader0000000000000000000000000000000";
/** An agent that tells the log that it was asked. */
const COMMAND = 'echo "the agent "works; touch work.txt';

async function runWith(github: LoopbackGitHub, inputs: Record<string, string> = {}) {
  const event = await aLabelledIssue(github, "Make a file");
  return await runJob(github, event, { inputs: { command: COMMAND, ...inputs } });
}

describe("before the agent works, it is found out", () => {
  test("that the token may not push to the target", () =>
    withGitHub(async (github) => {
      github.registerToken({
        token: READER,
        kind: "actions",
        actor: { login: "github-actions[bot]", type: "Bot" },
        access: { [REPOSITORY]: { contents: "read", pull_requests: "write", metadata: "read" } },
      });
      const end = await runWith(github, { "target-token": READER });
      expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": "missing-permission" });
      expect(end.log).not.toContain("the agent works");
      expect(await whatRemains(github)).toMatchObject({ results: ["failed"], branches: [] });
    }));

  test.each([
    ["is archived", { archived: true }, "target-archived"],
    ["takes no pull requests", { hasPullRequests: false }, "pull-requests-not-allowed"],
  ])("that the target %s", (_, settings, code) =>
    withGitHub(async (github) => {
      await github.createRepository("acme/target", settings);
      github.registerToken({
        token: READER,
        kind: "classic",
        actor: { login: "hubot", type: "User" },
        access: { "acme/target": "write" },
      });
      const end = await runWith(github, { "target-token": READER, "target-repository": "acme/target" });
      expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": code });
      expect(end.log).not.toContain("the agent works");
      expect(await whatRemains(github)).toMatchObject({ results: ["failed"] });
    }));

  test("nothing more, at no cost: the agent runs where all of this is as it should be", () =>
    withGitHub(async (github) => {
      const end = await runWith(github);
      expect(end.log).toContain("the agent works");
      expect(end.outputs.outcome).toBe("opened");
      expect(github.requests.filter(({ kind }) => kind === "api").length).toBeLessThanOrEqual(10);
    }));
});
