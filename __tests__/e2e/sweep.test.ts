import { describe, expect, jest, test } from "@jest/globals";
import { workflowDispatchEvent } from "../../loopback/events.ts";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import type { Actor } from "../../loopback/model.ts";
import type { ActionEnd, ActionRun } from "../../loopback/runner.ts";
import {
  aBody,
  DEVELOPER,
  ONE_LINE_DIFF,
  REPOSITORY,
  runJob,
  TOKEN,
  whatRemains,
  withGitHub,
} from "../builders/job.ts";

jest.setTimeout(300_000);

const STRANGER: Actor = { login: "stranger", type: "User" };
const LABEL = "copilot-agent";
const CLOCK: ActionRun["event"] = { name: "schedule", payload: { schedule: "17,47 * * * *" } };
const ONCE = {
  statusComments: 1,
  results: ["opened"],
  stateLabels: ["agent-completed"],
  branches: [expect.any(String)],
};

interface Entry {
  "issue-number": number;
  priority: string;
}

/** Files an issue whose label is set by somebody; gives its number. */
function file(github: LoopbackGitHub, labels: string[] = [], labelledBy: Actor = DEVELOPER): number {
  const taskId = `sweep-${github.state.repository(REPOSITORY).issues.length}`;
  const body = aBody(ONE_LINE_DIFF, taskId);
  const number = github.createIssue(REPOSITORY, { title: "Write TWO in capitals", body, labels });
  github.addLabel(REPOSITORY, number, LABEL, labelledBy);
  return number;
}

/** The sweep's first job. */
async function list(github: LoopbackGitHub, inputs: Record<string, string> = {}): Promise<ActionEnd> {
  const end = await runJob(github, CLOCK, { action: "list", inputs });
  expect(end.log).not.toMatch(/^::(?:error|warning)/m);
  expect(end.log + end.summary).not.toContain(TOKEN);
  return end;
}

function entriesOf({ outputs }: ActionEnd): Entry[] {
  return JSON.parse(outputs.matrix ?? "").include;
}

let runs = 5000;

/** One of the jobs that GitHub makes of the matrix; the actor is whoever wrote the workflow last, and counts for nothing. */
function work(github: LoopbackGitHub, number: number, event = CLOCK): Promise<ActionEnd> {
  const inputs = { "issue-number": String(number) };
  return runJob(github, event, { inputs, actor: STRANGER.login, runId: String(++runs) });
}

describe("a sweep by the clock", () => {
  test("runs every pending task once, and then finds none", () =>
    withGitHub(async (github) => {
      const [low, normal, high] = [
        file(github, ["priority:low"]),
        file(github),
        file(github, ["priority:high"]),
      ];
      const listed = await list(github);
      expect(listed.outputs).toMatchObject({ count: "3", "has-tasks": "true" });
      expect(entriesOf(listed)).toEqual([
        { "issue-number": high, priority: "high" },
        { "issue-number": normal, priority: "normal" },
        { "issue-number": low, priority: "low" },
      ]);
      for (const { "issue-number": number } of entriesOf(listed)) {
        expect((await work(github, number)).outputs.outcome).toBe("opened");
        expect(await whatRemains(github, number)).toMatchObject(ONCE);
      }
      expect(github.pulls(REPOSITORY)).toHaveLength(3);
      expect((await list(github)).outputs).toMatchObject({
        matrix: '{"include":[]}',
        count: "0",
        "has-tasks": "false",
      });
    }));

  test("does no task twice where a second sweep lists the same ones meanwhile", () =>
    withGitHub(async (github) => {
      const numbers = [file(github), file(github), file(github)];
      const both = [entriesOf(await list(github)), entriesOf(await list(github))].flat();
      expect(both).toHaveLength(6);
      const ends = await Promise.all(both.map((entry) => work(github, entry["issue-number"])));
      expect(ends.map(({ outputs }) => outputs.outcome).sort()).toEqual([
        ...Array(3).fill("duplicate"),
        ...Array(3).fill("opened"),
      ]);
      expect(ends.map(({ exitCode }) => exitCode)).toEqual(Array(6).fill(0));
      for (const number of numbers) expect(await whatRemains(github, number)).toMatchObject(ONCE);
      expect(github.pulls(REPOSITORY)).toHaveLength(3);
    }));

  test("passes over a stranger's task, and denies it where it is run all the same", () =>
    withGitHub(async (github) => {
      const number = file(github, [], STRANGER);
      const listed = await list(github);
      expect(listed.outputs["has-tasks"]).toBe("false");
      expect(listed.summary).toContain("`stranger` has the permission");
      const end = await work(github, number);
      expect(end.outputs).toMatchObject({ outcome: "denied", "failure-code": "not-permitted" });
      expect(await whatRemains(github, number)).toMatchObject({ results: ["denied"], branches: [] });
    }));

  test("finds a finished task again when somebody who may asks for it once more", () =>
    withGitHub(async (github) => {
      const number = file(github);
      await work(github, number);
      github.comment(REPOSITORY, number, "/agent retry", DEVELOPER);
      expect(entriesOf(await list(github))).toEqual([{ "issue-number": number, priority: "normal" }]);
      expect((await work(github, number)).outputs.outcome).toBe("updated");
      expect((await list(github)).outputs.count).toBe("0");
    }));
});

test("a sweep by hand runs what it lists for whoever started it", () =>
  withGitHub(async (github) => {
    const number = file(github);
    const payload = workflowDispatchEvent(github, { repo: REPOSITORY, inputs: null, sender: DEVELOPER });
    const end = await work(github, number, { name: "workflow_dispatch", payload });
    expect(end.outputs.outcome).toBe("opened");
    expect((await list(github)).outputs.count).toBe("0");
  }));

test("the list takes a token that can only read issues, and writes nothing", () =>
  withGitHub(async (github) => {
    const token = "ghs_readonly0000000000000000000000000000";
    const access = { [REPOSITORY]: { issues: "read", metadata: "read" } } as const;
    const actor: Actor = { login: "github-actions[bot]", type: "Bot" };
    github.registerToken({ token, kind: "actions", actor, access });
    file(github);
    file(github);
    github.reset();
    const end = await list(github, { token, limit: "1" });
    expect(end.outputs.count).toBe("1");
    expect(github.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  }));

test.each([
  [
    { limit: "300" },
    "The input `limit` is `300`, which does not fit. It takes a whole number from 1 to 256.",
  ],
  [{ token: "ghs_unknown000000000000000000000000000000" }, "GitHub does not accept the token"],
])("the list fails with one annotation and no outputs for %j", (inputs, message) =>
  withGitHub(async (github) => {
    file(github);
    const end = await runJob(github, CLOCK, { action: "list", inputs });
    expect([end.exitCode, end.outputs]).toEqual([1, {}]);
    expect(end.log.match(/^::error.*/gm)).toEqual([expect.stringContaining(message)]);
  }));
