import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { repositoryDispatchEvent, workflowDispatchEvent } from "../../loopback/events.ts";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { aLabelledIssue, DEVELOPER, REPOSITORY, whatRemains, withGitHub } from "../builders/job.ts";
import { DEPLOYMENT, HAS_JQ, KUBECTL, scriptsOf, WORKED_EXAMPLES } from "../builders/worked-examples.ts";
import {
  type Artifacts,
  RUN_ID,
  runWorkflowFile,
  type WorkflowRunOptions,
} from "../builders/workflow-run.ts";

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

  test("runs again by hand, on the branch and the pull request that are there", () =>
    withGitHub(async (github) => {
      await runTasks(github, "approved", CHANGE);
      const runId = RUN_ID + 1;
      // GitHub tells it to the second, and so that it is after the result.
      const createdAt = new Date(Date.now() + 2000).toISOString();
      github.addRun(REPOSITORY, { id: runId, actor: DEVELOPER, event: "workflow_dispatch", createdAt });
      const payload = workflowDispatchEvent(github, {
        ...{ repo: REPOSITORY, inputs: { issue_number: "1" }, sender: DEVELOPER },
      });
      const { jobs } = await runWorkflowFile({
        ...{ github, file: TASKS, event: { name: "workflow_dispatch", payload }, runId },
        changes: { investigate: { command: "echo more >> README.md" } },
        review(environment) {
          github.review(REPOSITORY, runId, { by: APPROVER, environment, state: "approved" });
          return "approved";
        },
      });
      expect(jobs).toMatchObject({ investigate: { result: "success" }, act: { result: "success" } });
      expect(await whatRemains(github)).toMatchObject({
        results: ["opened", "updated"],
        openPullRequests: 1,
      });
    }));

  test("tells the issue of an investigation that failed, and asks nobody", () =>
    withGitHub(async (github) => {
      const { jobs } = await runTasks(github, "approved", "exit 3");
      expect(jobs).toMatchObject({ investigate: { result: "failure" }, approve: { result: "skipped" } });
      expect(await whatRemains(github)).toMatchObject({ results: ["failed"], branches: [] });
    }));

  test("tells the issue what the policy denies, and asks nobody", () =>
    withGitHub(async (github) => {
      const policy = "name: tasks\nversion: 1\ndenied_actions: [{ type: '*', reason: Release week. }]\n";
      const given = { "operations-policy": ".github/operations.yml" };
      const { jobs, artifacts } = await runTasks(github, "approved", CHANGE, {
        changes: { investigate: { command: CHANGE, ...given }, act: given },
        async onJob(job) {
          if (job === "investigate")
            await github.commit(REPOSITORY, "main", { ".github/operations.yml": policy });
        },
      });
      expect(jobs).toMatchObject({
        investigate: { result: "success", outputs: { outcome: "denied", action: "" } },
        approve: { result: "skipped" },
        act: { result: "success", ends: [{ outputs: { outcome: "denied", "action-status": "denied" } }] },
      });
      expect(jobs.investigate?.ends[0]?.summary).toContain("Release week.");
      const report = String(artifacts.get("investigation-report")?.get("investigation-report.json"));
      expect(JSON.parse(report)).toMatchObject({ action: "open_pull_request" });
      expect(github.issue(REPOSITORY, 1).comments.at(-1)?.body).toContain("Release week.");
      expect(await whatRemains(github)).toMatchObject({ results: ["denied"], branches: [] });
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

describe("the workflow for operations", () => {
  const OPERATIONS = readFileSync(
    new URL("../../.github/workflows/investigate-approve-act.yml", import.meta.url),
    "utf8",
  );
  const HOME = "acme/operations";
  const POLICY = [
    "name: web",
    "version: 1",
    "allowed_actions: [{type: restart_service, conditions: {resource: deployment/*}}]",
    "auto_approve: [{risk_level: low, actions: [restart_service], min_confidence: 0.8}]",
  ].join("\n");

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "operations-"));
    writeFileSync(join(folder, "kubectl"), KUBECTL, { mode: 0o755 });
    writeFileSync(join(folder, "deployment"), DEPLOYMENT);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What the stand-in for `kubectl` was asked to change. */
  function changesMade(): string[] {
    const calls = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "";
    return calls.split("\n").filter((call) => /^(?:scale|rollout (?:restart|undo)) /.test(call));
  }

  async function withLoopback(use: (github: LoopbackGitHub) => Promise<void>): Promise<void> {
    const github = await startLoopbackGitHub();
    try {
      await use(github);
      expect([github.violations, github.unknownRoutes]).toEqual([[], []]);
    } finally {
      await github.close();
    }
  }

  /** An alert on the web deployment; whoever reviews says `state`. */
  async function runOperation(
    github: LoopbackGitHub,
    heading: string,
    context: object,
    more: Partial<WorkflowRunOptions> & { state?: "approved" | "rejected" } = {},
  ) {
    const { state = "approved", ...options } = more;
    const { investigate, act } = scriptsOf(heading);
    const files = {
      ".github/operations/investigate.sh": investigate,
      ".github/operations/act.sh": act,
      ".github/operations.yml": POLICY,
    };
    await github.createRepository(HOME, { files });
    github.setPermission(HOME, DEVELOPER.login, "write");
    github.setEnvironment(HOME, "agent-approval", { users: [APPROVER] });
    github.addRun(HOME, { id: RUN_ID, actor: DEVELOPER });
    const clientPayload = { resource: "deployment/web", trace_id: "alert-4711", action_context: context };
    const payload = repositoryDispatchEvent(github, {
      ...{ repo: HOME, eventType: "alert-triggered", clientPayload, sender: DEVELOPER },
    });
    const review = (environment: string) => {
      github.review(HOME, RUN_ID, { by: APPROVER, environment, state });
      return state;
    };
    return await runWorkflowFile({
      ...{
        github,
        repository: HOME,
        file: OPERATIONS,
        event: { name: "repository_dispatch", payload },
        review,
      },
      secrets: { MODEL_API_KEY: KEY, OPERATIONS_KEY: "kubeconfig" },
      environment: {
        PATH: `${folder}:${process.env.PATH}`,
        CALLS: join(folder, "calls"),
        DEPLOYMENT: join(folder, "deployment"),
      },
      changes: {
        investigate: { "pass-env": "MODEL_API_KEY,CALLS,DEPLOYMENT" },
        act: { "pass-env": "OPERATIONS_KEY,CALLS,DEPLOYMENT" },
      },
      ...options,
    });
  }

  function summaryIn(artifacts: Artifacts): unknown {
    return JSON.parse(String(artifacts.get("workflow-summary")?.get("workflow-summary.json")));
  }

  (HAS_JQ ? test : test.skip).each(WORKED_EXAMPLES)(
    "runs the example $heading",
    ({ heading, context, recommendation, does }) =>
      withLoopback(async (github) => {
        const { jobs, artifacts } = await runOperation(github, heading, context);
        expect(jobs).toMatchObject({
          investigate: { result: "success", outputs: { action: recommendation, "trace-id": "alert-4711" } },
          approve: { result: "success" },
          act: { result: "success", outputs: { outcome: "acted", "approved-by": APPROVER } },
          summarize: { result: "success" },
        });
        expect(changesMade()).toEqual([does]);
        expect(summaryIn(artifacts)).toMatchObject({
          ...{ trace_id: "alert-4711", resource: "deployment/web", trigger_source: "alert", missing: [] },
          results: { investigate: "success", approve: "success", act: "success" },
          investigation: { recommendation },
          action_result: { action: recommendation, status: "success" },
        });
        expect([...artifacts.keys()].sort()).toEqual([
          ...["action-result", "audit-trace-id", "audit-trail", "audit-trail-act", "audit-trail-investigate"],
          ...["investigation-report", "workflow-summary"],
        ]);
      }),
  );

  (HAS_JQ ? test : test.skip)("does nothing where a person says no, and says so", () =>
    withLoopback(async (github) => {
      const options = { state: "rejected" } as const;
      const { jobs, artifacts } = await runOperation(
        github,
        "### Restart a service",
        { error_rate: 0.07 },
        options,
      );
      expect(jobs).toMatchObject({ approve: { result: "failure" }, act: { outputs: { outcome: "denied" } } });
      expect(changesMade()).toEqual([]);
      expect(summaryIn(artifacts)).toMatchObject({ action_result: { status: "denied" }, missing: [] });
    }),
  );

  (HAS_JQ ? test : test.skip)("asks nobody where the policy spares it", () =>
    withLoopback(async (github) => {
      const options = { inputs: { operations_policy: ".github/operations.yml" } };
      const { jobs } = await runOperation(github, "### Restart a service", { error_rate: 0.07 }, options);
      expect(jobs).toMatchObject({
        investigate: { outputs: { "auto-approved": "true" } },
        approve: { result: "skipped" },
        act: { outputs: { outcome: "acted", "approved-by": "policy" } },
      });
      expect(changesMade()).toEqual(["rollout restart deployment/web"]);
    }),
  );

  (HAS_JQ ? test : test.skip)(
    "does not take an earlier approval where nobody was asked and the policy now wants it",
    () =>
      withLoopback(async (github) => {
        const change = async (job: string) => {
          if (job !== "act") return;
          github.review(HOME, RUN_ID, { by: APPROVER, environment: "agent-approval", state: "approved" });
          const files = { ".github/operations.yml": POLICY.replace(/^auto_approve:[\s\S]*/m, "") };
          await github.commit(HOME, "main", files);
        };
        const options = { inputs: { operations_policy: ".github/operations.yml" }, onJob: change };
        const { jobs } = await runOperation(github, "### Restart a service", { error_rate: 0.07 }, options);
        expect(jobs).toMatchObject({
          approve: { result: "skipped" },
          act: { outputs: { outcome: "failed", "failure-code": "not-approved" } },
        });
        expect(changesMade()).toEqual([]);
      }),
  );

  (HAS_JQ ? test : test.skip)("asks nobody and does nothing where the script cannot investigate", () =>
    withLoopback(async (github) => {
      const { jobs, artifacts } = await runOperation(github, "### Scale up", { replicas: 11 });
      expect(jobs).toMatchObject({
        investigate: { result: "failure" },
        ...{ approve: { result: "skipped" }, act: { result: "skipped" }, summarize: { result: "success" } },
      });
      expect(summaryIn(artifacts)).toMatchObject({
        results: { investigate: "failure" },
        investigation: { outcome: "failed", failure_code: "command-failed" },
      });
    }),
  );
});
