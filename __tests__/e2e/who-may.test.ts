import type { ChildProcess } from "node:child_process";
import { describe, expect, jest, test } from "@jest/globals";
import { issueCommentEvent } from "../../loopback/events.ts";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { hmacOf, signedText } from "../../src/signature.ts";
import {
  aLabelledEvent,
  aLabelledIssue,
  DEVELOPER,
  ONE_LINE_DIFF,
  REPOSITORY,
  runJob,
  TASK_ID,
  whatRemains,
  withGitHub,
} from "../builders/job.ts";
import { type ScriptedGitHub, type Turn, withScriptedGitHub } from "../builders/scripted-github.ts";

jest.setTimeout(120_000);

const POLICY = ".github/agent-runner.yml";
const SECRET = "a-secret-of-the-backend-0123456789";

/** An issue with a task that was signed by whoever knows the secret. */
function aSignedIssue(github: LoopbackGitHub, expires: string, title = "Write TWO in capitals"): number {
  const task = {
    taskId: TASK_ID,
    instruction: ONE_LINE_DIFF,
    targetRepository: null,
    targetPullRequest: null,
  };
  const signature = hmacOf(SECRET, signedText(task, expires));
  const json = { task_id: TASK_ID, instruction: ONE_LINE_DIFF, expires, signature };
  const body = `<!-- agent_task_metadata ${JSON.stringify(json)} -->`;
  return github.createIssue(REPOSITORY, { title, body, author: DEVELOPER });
}

function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}

describe("a policy file", () => {
  test("holds the workflow to less than its inputs allow, at the cost of one call", () =>
    withGitHub(async (github) => {
      await github.commit(REPOSITORY, "main", { [POLICY]: "protected-paths: [src/**]\n" });
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const end = await runJob(github, event, { inputs: { "policy-file": POLICY } });
      expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": "protected-path" });
      expect(github.requests.filter(({ path }) => path.includes("/contents/"))).toHaveLength(1);
      expect(await whatRemains(github)).toMatchObject({ results: ["failed"], branches: [], claims: [] });
    }));

  test("counts what somebody asked for today", () =>
    withGitHub(async (github) => {
      await github.commit(REPOSITORY, "main", { [POLICY]: "tasks-per-day: 1\n" });
      const inputs = { "policy-file": POLICY };
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      expect((await runJob(github, event, { inputs })).outputs.outcome).toBe("opened");
      const comment = { repo: REPOSITORY, number: 1, sender: DEVELOPER, comment: "/agent retry" };
      const retry = { name: "issue_comment", payload: issueCommentEvent(github, comment) };
      const end = await runJob(github, retry, { inputs, runId: "1002" });
      expect(end.outputs.outcome).toBe("denied");
      expect(github.issue(REPOSITORY, 1).comments.at(-1)?.body).toContain("(`tasks-per-day`)");
    }));
});

describe("a signed task", () => {
  const inputs = { "task-secret": SECRET };

  test("runs once, and its copy on another issue does not", () =>
    withGitHub(async (github) => {
      const expires = inAnHour();
      const first = aLabelledEvent(github, aSignedIssue(github, expires));
      expect((await runJob(github, first, { inputs })).outputs.outcome).toBe("opened");
      const copy = aLabelledEvent(github, aSignedIssue(github, expires, "The same once more"));
      const end = await runJob(github, copy, { inputs, runId: "1002" });
      expect(end.outputs).toMatchObject({ outcome: "denied", "failure-code": "not-permitted" });
      expect(github.pulls(REPOSITORY)).toHaveLength(1);
    }));

  test("is all that runs where there is a secret, which no step and no log sees", () =>
    withGitHub(async (github) => {
      const unsigned = await aLabelledIssue(github, ONE_LINE_DIFF);
      expect((await runJob(github, unsigned, { inputs })).outputs.outcome).toBe("denied");
      const signed = aLabelledEvent(github, aSignedIssue(github, inAnHour()));
      const shown = { ...inputs, command: "env | tee seen.txt", "dry-run": "true" };
      const end = await runJob(github, signed, { inputs: shown, runId: "1002" });
      expect(end.log).toContain(`AGENT_TASK_ID=${TASK_ID}`);
      expect(end.log + end.summary + JSON.stringify(end.outputs)).not.toContain(SECRET);
      const passed = { ...shown, "pass-env": "LEAKED" };
      const refused = await runJob(github, signed, { inputs: passed, environment: { LEAKED: SECRET } });
      expect(refused.outputs["failure-code"]).toBe("invalid-input");
    }));
});

describe("a callback", () => {
  /** Runs a job whose end is told to a receiver. */
  function runWith(github: LoopbackGitHub, { url }: ScriptedGitHub, event: Parameters<typeof runJob>[1]) {
    return runJob(github, event, { inputs: { "callback-url": `${url}/hook`, "callback-secret": SECRET } });
  }

  test("gets the JSON of the result comment, signed", () =>
    withGitHub((github) =>
      withScriptedGitHub([{ status: 202 }], async (receiver) => {
        const end = await runWith(github, receiver, await aLabelledIssue(github, ONE_LINE_DIFF));
        expect(end.outputs.outcome).toBe("opened");
        expect(receiver.requests).toHaveLength(1);
        const [request] = receiver.requests;
        const told = /agent_task_result (\{.*\}) -->/.exec(
          github.issue(REPOSITORY, 1).comments.at(-1)?.body ?? "",
        );
        expect(request?.body).toEqual(JSON.parse(told?.[1] ?? ""));
        expect(request?.headers["x-hub-signature-256"]).toBe(
          `sha256=${hmacOf(SECRET, JSON.stringify(request?.body))}`,
        );
        expect(end.log + end.summary).not.toContain(SECRET);
      }),
    ));

  test("that refuses changes nothing but the log", () =>
    withGitHub((github) =>
      withScriptedGitHub([{ status: 410 }], async (receiver) => {
        const end = await runWith(github, receiver, await aLabelledIssue(github, ONE_LINE_DIFF));
        expect([end.exitCode, end.outputs.outcome]).toEqual([0, "opened"]);
        expect(end.log).toContain("The callback was not delivered");
      }),
    ));

  test("is told again by the post step, as the same delivery, where the run is killed meanwhile", () =>
    withGitHub((github) => {
      let main: ChildProcess | null = null;
      const killed: Turn = () => {
        main?.kill("SIGKILL");
        return { status: 503 };
      };
      return withScriptedGitHub([killed, { status: 200 }], async (receiver) => {
        const inputs = { "callback-url": receiver.url, "callback-secret": SECRET };
        const onStart = (process: ChildProcess) => {
          main = process;
        };
        const end = await runJob(github, await aLabelledIssue(github, ONE_LINE_DIFF), { inputs, onStart });
        expect([end.signal, end.post?.exitCode]).toEqual(["SIGKILL", 0]);
        const [first, second] = receiver.requests.map(({ headers, body }) => ({
          id: headers["x-agent-runner-delivery"],
          body,
        }));
        expect(second).toEqual(first);
        expect(await whatRemains(github)).toMatchObject({ results: ["opened"], claims: [] });
      });
    }));
});
