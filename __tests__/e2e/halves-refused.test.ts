import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import type { Review } from "../../loopback/controls/settings.ts";
import type { ActionRun } from "../../loopback/runner.ts";
import { digestOf } from "../../src/investigation/report.ts";
import {
  anEvent,
  artifactOf,
  ENVIRONMENT,
  lastComment,
  readJson,
  type Scene,
  stateOfTarget,
  withHalves,
} from "../builders/halves.ts";
import { REPOSITORY, whatRemains } from "../builders/job.ts";

jest.setTimeout(180_000);

/** What becomes of a run that is approved unless it is said otherwise, and is tampered with before it acts. */
interface Refusal {
  /** `null`: nobody says anything. */
  review?: Partial<Review> | null;
  tamper?: (scene: Scene) => unknown;
  /** What its job makes the report say, with a digest that is right. */
  rewrite?: (report: object) => string;
  inputs?: Record<string, string>;
  more?: Partial<ActionRun>;
  code: string;
  words: string;
}

/** Changes one byte near the file's end. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length - 3;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

/** Puts something else where the report was. */
function inPlaceOfReport(lay: (path: string) => void): (scene: Scene) => void {
  return (scene) => {
    const path = artifactOf(scene, "report-file");
    rmSync(path);
    lay(path);
  };
}

/** Gives the digest of what stands there then. */
function rewriteReport(scene: Scene, rewrite: (report: object) => string): string {
  const path = artifactOf(scene, "report-file");
  writeFileSync(path, rewrite(readJson(path)));
  return digestOf(readFileSync(path));
}

const mismatch = { code: "report-mismatch" };
const invalid = { code: "invalid-report" };
const REFUSALS: [string, Refusal][] = [
  [
    "one changed byte in the report",
    {
      tamper: (scene) => flip(artifactOf(scene, "report-file")),
      ...mismatch,
      words: "The report is not the one",
    },
  ],
  [
    "one changed byte in the patch",
    {
      tamper: (scene) => flip(artifactOf(scene, "patch-file")),
      ...mismatch,
      words: "The patch is not the one",
    },
  ],
  [
    "one byte more in the report",
    {
      tamper: (scene) => appendFileSync(artifactOf(scene, "report-file"), "\n"),
      ...mismatch,
      words: "The report is not the one",
    },
  ],
  [
    "a report that has expired",
    {
      rewrite: (report) => JSON.stringify({ ...report, expires_at: "2020-01-01T00:00:00.000Z" }),
      code: "report-expired",
      words: "2020-01-01",
    },
  ],
  ["a report that is no JSON", { rewrite: () => "not JSON", ...invalid, words: "does not hold JSON" }],
  [
    "a report whose confidence is 1.7",
    {
      rewrite: (report) => JSON.stringify({ ...report, confidence: 1.7 }),
      ...invalid,
      words: "`confidence`",
    },
  ],
  [
    "a report that lacks a field",
    {
      rewrite: (report) => JSON.stringify({ ...report, analysis: undefined }),
      ...invalid,
      words: "`analysis`",
    },
  ],
  ["another attempt", { more: { runAttempt: 2 }, ...mismatch, words: "of attempt 1, and this is attempt 2" }],
  ["another run", { more: { runId: "1002" }, ...mismatch, words: "of another run" }],
  [
    "a report through a link",
    {
      tamper: inPlaceOfReport((path) => symlinkSync(`${path}.elsewhere`, path)),
      ...invalid,
      words: "a link",
    },
  ],
  [
    "a pipe in place of the report",
    {
      tamper: inPlaceOfReport((path) => execFileSync("mkfifo", [path])),
      ...invalid,
      words: "is not a regular file",
    },
  ],
  [
    "a folder in place of the report",
    { tamper: inPlaceOfReport((path) => mkdirSync(path)), ...invalid, words: "is not a regular file" },
  ],
  [
    "a report of 50 MB",
    {
      tamper: inPlaceOfReport((path) => {
        writeFileSync(path, "");
        truncateSync(path, 50_000_000);
      }),
      ...invalid,
      words: "has 50000000 bytes",
    },
  ],
  [
    "a base that went on",
    {
      tamper: ({ github }) => github.commit(REPOSITORY, "main", { "new.txt": "x\n" }),
      code: "base-moved",
      words: "would start from",
    },
  ],
  [
    "an environment that asks nobody",
    {
      tamper: ({ github }) => github.setEnvironment(REPOSITORY, ENVIRONMENT, {}),
      code: "environment-unprotected",
      words: "no required reviewers",
    },
  ],
  [
    "an environment that there is not",
    { inputs: { environment: "agent-aproval" }, code: "environment-unprotected", words: "agent-aproval" },
  ],
  ["nobody's approval", { review: null, code: "not-approved", words: "Nobody has approved the run" }],
  ["the wrong approver", { review: { by: "mallory" }, code: "not-approved", words: "mallory" }],
  [
    "an approver who is not on the list",
    { inputs: { "allowed-approvers": "hubot" }, code: "not-approved", words: "is not on the list" },
  ],
  [
    "a patch beyond the limits",
    { inputs: { "protected-paths": "src/**" }, code: "protected-path", words: "src/a.txt" },
  ],
];

describe("the acting half refuses, tells the issue why, and writes nothing to the target:", () => {
  test.each(REFUSALS)("%s", (_, { review = {}, tamper, rewrite, inputs, more, code, words }) =>
    withHalves(async (scene) => {
      const event = await anEvent(scene);
      const investigated = await scene.investigate(event);
      if (review) scene.review(review);
      await tamper?.(scene);
      const digest = rewrite ? { "report-digest": rewriteReport(scene, rewrite) } : {};
      const before = await stateOfTarget(scene.github);
      const acted = await scene.act(event, investigated, { ...digest, ...inputs }, more);
      expect(acted.outputs).toMatchObject({
        outcome: "failed",
        "failure-code": code,
        "approved-by": expect.any(String),
      });
      expect(acted.exitCode).toBe(1);
      expect(acted.log.match(/^::error/gm)).toHaveLength(1);
      expect(lastComment(scene)).toContain(words);
      expect(await stateOfTarget(scene.github)).toEqual(before);
      expect((await whatRemains(scene.github)).results).toEqual(["failed"]);
    }));
});
