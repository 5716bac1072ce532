import { readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { aLabelledIssue, DEVELOPER, REPOSITORY, whatRemains, withGitHub } from "../builders/job.ts";
import { RUN_ID, runWorkflowFile, type WorkflowRunOptions } from "../builders/workflow-run.ts";

jest.setTimeout(180_000);

const TASKS = readFileSync(
  new URL("../../.github/workflows/agent-runner-two-jobs-example.yml", import.meta.url),
  "utf8",
).replace(/^ +- name: Install the agent\n.*\n/m, "");
const KEY = "sk-ant-of-the-model-0123456789";
const APPROVER = "mona";

/** A run of the example on a labelled issue; whoever reviews says `state`. */
async function runTasks(
  github: LoopbackGitHub,
  state: "approved" | "rejected",
  command: string,
  more: Partial<WorkflowRunOptions> = {},
) {
  const event = await aLabelledIssue(github, "Write TWO in capitals");
  github.setEnvironment(REPOSITORY, "agent-approval", { users: [APPROVER] });
  github.addRun(REPOSITORY, { id: RUN_ID, actor: DEVELOPER });
  return await runWorkflowFile({
    ...{
      github,
      event,
      file: TASKS,
      secrets: { ANTHROPIC_API_KEY: KEY },
      changes: { investigate: { command } },
    },
    review(environment) {
      github.review(REPOSITORY, RUN_ID, { by: APPROVER, environment, state });
      return state;
    },
    ...more,
  });
}

describe("the example for tasks, with the permissions that it gives to each job,", () => {
  const CHANGE = "sed -i s/two/TWO/ src/a.txt";

  test("opens the pull request once it is approved, and keeps its files", () =>
    withGitHub(async (github) => {
      const { jobs, artifacts } = await runTasks(github, "approved", CHANGE);
      expect(jobs).toMatchObject({
        investigate: { result: "success", outputs: { outcome: "investigated", action: "open_pull_request" } },
        approve: { result: "success" },
        act: { result: "success", ends: [{ outputs: { outcome: "opened", "approved-by": APPROVER } }] },
      });
      expect(await whatRemains(github)).toMatchObject({ results: ["opened"], openPullRequests: 1 });
      expect([...(artifacts.get("investigation-report")?.keys() ?? [])]).toEqual([
        "investigation-report.json",
        "proposal.patch",
      ]);
      expect([...(artifacts.get("action-result")?.keys() ?? [])]).toEqual(["action-result.json"]);
    }));

  test("writes nothing but the rejection where a person says no", () =>
    withGitHub(async (github) => {
      const { jobs } = await runTasks(github, "rejected", CHANGE);
      expect(jobs).toMatchObject({ approve: { result: "failure" }, act: { result: "success" } });
      expect(await whatRemains(github)).toMatchObject({
        results: ["denied"],
        branches: [],
        openPullRequests: 0,
      });
    }));

  test("tells the issue of an investigation that failed, and asks nobody", () =>
    withGitHub(async (github) => {
      const { jobs } = await runTasks(github, "approved", "exit 3");
      expect(jobs).toMatchObject({ investigate: { result: "failure" }, approve: { result: "skipped" } });
      expect(await whatRemains(github)).toMatchObject({ results: ["failed"], branches: [] });
    }));

  test("tells the issue where the report did not come over", () =>
    withGitHub(async (github) => {
      const onJob: WorkflowRunOptions["onJob"] = (job, artifacts) => {
        if (job === "act") artifacts.clear();
      };
      const { jobs } = await runTasks(github, "approved", CHANGE, { onJob });
      expect(jobs.act?.ends[0]?.outputs).toMatchObject({
        outcome: "failed",
        "failure-code": "invalid-report",
      });
      expect(await whatRemains(github)).toMatchObject({ results: ["failed"], branches: [] });
    }));
});
