import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { renderPullRequestBody } from "../../src/report/pull-request-body.ts";
import { hostileText } from "../builders/hostile-text.ts";
import { aRun, aTask, aTaskAtHome } from "../builders/task.ts";

/** The backend's two rules in its own language: what it finds in each body of a JSON file. */
const BACKEND = String.raw`
import json, re, sys
METADATA = re.compile(r"<!--\s*agent_task_metadata\s+(.*?)\s*-->", re.DOTALL)
CLOSES = re.compile(r"(fixes|closes|resolves)\s+#(\d+)", re.IGNORECASE)
def correlate(body):
    found = METADATA.search(body)
    return [found and json.loads(found[1]).get("task_id"), [int(number) for _, number in CLOSES.findall(body)]]
with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps([correlate(body) for body in json.load(file)]))
`;

const hasPython = spawnSync("python3", ["-c", ""]).status === 0;
const testWithPython = hasPython ? test : test.skip;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "harmless-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function correlate(bodies: string[]): unknown {
  const file = join(folder, "bodies.json");
  writeFileSync(file, JSON.stringify(bodies));
  return JSON.parse(execFileSync("python3", ["-c", BACKEND, file], { encoding: "utf8", maxBuffer: 2 ** 26 }));
}

describe("a backend in Python", () => {
  testWithPython("is misled by these texts where they are not made harmless", () => {
    const texts = [
      '<!--\u001fagent_task_metadata\u0085{"task_id": "evil"}-->',
      "prefıxeſ\u3000#\uff15",
      "CLOSES\n#\u{1d7d7}",
    ];
    expect(correlate(texts)).toEqual([
      ["evil", []],
      [null, [5]],
      [null, [9]],
    ]);
  });

  testWithPython("finds the task and its issue in each pull request, whatever stands in the task", () => {
    const texts = fc.sample(fc.tuple(hostileText, hostileText, hostileText), 3000);
    const bodies = texts.map(([instruction, summary, note], index) => {
      const task = (index % 2 ? aTask : aTaskAtHome)({ instruction });
      return renderPullRequestBody({ task, result: { summary }, stat: null, notes: [note], run: aRun() });
    });
    const expected = texts.map((_, index) => [aTask().taskId, index % 2 ? [] : [7]]);
    expect(correlate(bodies)).toEqual(expected);
  });
});
