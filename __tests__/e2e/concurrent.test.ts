import { expect, jest, test } from "@jest/globals";
import { issuesEvent } from "../../loopback/events.ts";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import type { ActionRun } from "../../loopback/runner.ts";
import {
  aBody,
  aLabelledEvent,
  aLabelledIssue,
  DEVELOPER,
  ONE_LINE_DIFF,
  REPOSITORY,
  runJob,
  whatRemains,
  withGitHub,
} from "../builders/job.ts";

jest.setTimeout(600_000);

const ONCE = {
  statusComments: 1,
  results: ["opened"],
  stateLabels: ["agent-completed"],
  openPullRequests: 1,
  claims: [],
};

test("eight runs of one issue at once make one pull request, and seven quiet duplicates", () =>
  withGitHub(async (github) => {
    const event = await aLabelledIssue(github, ONE_LINE_DIFF);
    const ids = Array.from({ length: 8 }, (_, index) => String(2000 + index));
    const ends = await Promise.all(ids.map((runId) => runJob(github, event, { runId })));
    const outcomes = ends.map(({ outputs }) => outputs.outcome).sort();
    expect(outcomes).toEqual([...Array(7).fill("duplicate"), "opened"]);
    expect(await whatRemains(github)).toMatchObject(ONCE);
  }));

test("fifty issues, each opened and labelled, are taken by eight runs at once: each task once", () =>
  withGitHub(async (github) => {
    const numbers = await fileIssues(github, 50);
    const events = numbers.flatMap((number) => [openedEvent(github, number), aLabelledEvent(github, number)]);
    let runId = 3000;
    const work = async () => {
      for (let event = events.shift(); event; event = events.shift()) {
        runId += 1;
        await runJob(github, event, { runId: String(runId) });
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    const pulls = github.pulls(REPOSITORY).filter(({ state }) => state === "open");
    expect(pulls).toHaveLength(numbers.length);
    for (const number of numbers) {
      expect(await whatRemains(github, number)).toMatchObject({
        ...ONCE,
        openPullRequests: 50,
        branches: [expect.any(String)],
      });
    }
  }));

async function fileIssues(github: LoopbackGitHub, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const body = aBody(ONE_LINE_DIFF, `task-${index}`);
    numbers.push(
      await github.createIssue(REPOSITORY, {
        title: `Task ${index}`,
        body,
        labels: ["copilot-agent"],
        author: DEVELOPER,
      }),
    );
  }
  return numbers;
}

function openedEvent(github: LoopbackGitHub, number: number): ActionRun["event"] {
  const payload = issuesEvent(github, { action: "opened", repo: REPOSITORY, number, sender: DEVELOPER });
  return { name: "issues", payload };
}
