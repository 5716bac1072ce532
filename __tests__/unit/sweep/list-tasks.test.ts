import { describe, expect, test } from "@jest/globals";
import { readInputs } from "../../../src/input-kinds.ts";
import { LIST_INPUTS } from "../../../src/sweep/inputs.ts";
import { listTasks, matrixOf } from "../../../src/sweep/list-tasks.ts";
import { renderListed } from "../../../src/sweep/render-listed.ts";
import type { Actor } from "../../../src/task.ts";
import { anIssue } from "../../builders/issue.ts";
import { aWorld, DISPATCH } from "../../fakes/world.ts";

const DEVELOPER: Actor = { login: "octocat", type: "User" };
const STRANGER: Actor = { login: "stranger", type: "User" };

type Inputs = Partial<Record<keyof typeof LIST_INPUTS, string>>;

function settingsWith(inputs: Inputs) {
  return readInputs(LIST_INPUTS, (name) => inputs[name] ?? (name === "token" ? "the-token" : ""));
}

/** A dispatch repository with one issue for each of these, which are numbered from 1 and labelled in that order. */
function aSweep(...issues: { priority?: "high" | "low"; by?: Actor }[]) {
  const { github, ports, clock, log } = aWorld();
  github.issues.length = 0;
  issues.forEach(({ priority, by = DEVELOPER }, index) => {
    const number = index + 1;
    const labels = ["copilot-agent", ...(priority ? [`priority:${priority}`] : [])];
    github.issues.push(anIssue({ repository: DISPATCH, number, labels, author: by }));
    const at = new Date(Date.parse("2026-01-02T03:00:00Z") + number * 1000).toISOString();
    github.labellings.push({ issueNumber: number, actor: by, at });
  });
  const feed = { readChanges: async () => github.issues };
  const needs = { dispatch: ports.dispatch, clock, log, feed };
  const list = (inputs: Inputs = {}) => listTasks(needs, settingsWith(inputs), DISPATCH);
  return { github, list };
}

function numbersIn(listed: { tasks: { dispatch: { issueNumber: number } }[] }): number[] {
  return listed.tasks.map(({ dispatch }) => dispatch.issueNumber);
}

describe("the tasks of a sweep", () => {
  test("come in the order of the service: the urgent ones first, the oldest of equals first", async () => {
    const { list } = aSweep({ priority: "low" }, {}, { priority: "high" }, {}, { priority: "high" });
    expect(numbersIn(await list())).toEqual([3, 5, 2, 4, 1]);
  });

  test("are the first ones up to the limit, and the rest is counted", async () => {
    const { list } = aSweep({}, {}, { priority: "high" }, {});
    const listed = await list({ limit: "2" });
    expect([numbersIn(listed), listed.further]).toEqual([[3, 1], 2]);
  });

  test("are at most 256, as many as GitHub makes jobs of one matrix", async () => {
    const { list } = aSweep(...Array.from({ length: 257 }, () => ({})));
    const listed = await list();
    expect([listed.tasks.length, listed.further]).toEqual([256, 1]);
    expect(() => settingsWith({ limit: "257" })).toThrow("a whole number from 1 to 256");
  });

  test("are not those that only a stranger asks for, whose permission is looked up once", async () => {
    const { list, github } = aSweep({ by: STRANGER }, {}, { by: STRANGER });
    const listed = await list();
    expect(numbersIn(listed)).toEqual([2]);
    expect(listed.denied.map(({ job }) => job.dispatch.issueNumber)).toEqual([1, 3]);
    expect(github.script.names().filter((name) => name === "permission")).toHaveLength(2);
  });

  test("are those of strangers who may start tasks by the inputs", async () => {
    const { list } = aSweep({ by: STRANGER });
    expect(numbersIn(await list({ "allowed-actors": "stranger" }))).toEqual([1]);
  });

  test("are none where agent-runner is switched off, by an input or by the policy", async () => {
    const { list, github } = aSweep({}, {});
    expect(numbersIn(await list({ disabled: "for the holidays" }))).toEqual([]);
    github.files.set(".github/agent-runner.yml", "denied-actors: [octocat]\n");
    expect(numbersIn(await list({ "policy-file": ".github/agent-runner.yml" }))).toEqual([]);
  });
});

describe("the matrix", () => {
  test("holds numbers and priorities, and no text of anybody's", async () => {
    const { list, github } = aSweep({ priority: "high" }, {});
    for (const issue of github.issues) issue.title = "$(touch /tmp/pwned)";
    expect(JSON.parse(matrixOf(await list()))).toEqual({
      include: [
        { "issue-number": 1, priority: "high" },
        { "issue-number": 2, priority: "normal" },
      ],
    });
  });

  test("is an empty one where nothing is pending", async () => {
    expect(matrixOf(await aSweep().list())).toBe('{"include":[]}');
  });
});

test("people read what will run, what waits and what was left out", async () => {
  const { list } = aSweep({}, { priority: "high" }, {}, { by: STRANGER });
  expect(renderListed(await list({ limit: "2" }))).toMatchInlineSnapshot(`
"## 2 tasks to run

| issue | priority | asked for by | since |
| --- | --- | --- | --- |
| your-org/dispatch#2 | high | \`octocat\` | 2026-01-02T03:00:02.000Z |
| your-org/dispatch#1 | normal | \`octocat\` | 2026-01-02T03:00:01.000Z |

Waiting for the next sweep: 1 more.

### Left out

- your-org/dispatch#⁠4: \`stranger\` has the permission \`none\` on \`your-org/dispatch\`; starting a task takes \`write\`, or a place on the list \`allowed-actors\`"
`);
});
