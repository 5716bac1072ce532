import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Review } from "../../loopback/controls/settings.ts";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import type { Permissions } from "../../loopback/model.ts";
import { type ActionEnd, type ActionRun, runAction } from "../../loopback/runner.ts";
import { aLabelledIssue, ONE_LINE_DIFF, REPOSITORY, withGitHub } from "./job.ts";
import { isWrite } from "./writes.ts";

/** Tokens of both jobs, as their `permissions:` make them; put together here, so that no scanner takes them for real ones. */
export const READING_TOKEN = `ghs_${"r3aDiNg".repeat(6).slice(0, 36)}`;
const WRITING_TOKEN = `ghs_${"wR1tInG".repeat(6).slice(0, 36)}`;
export const ENVIRONMENT = "agent-approval";
export const APPROVER = "mona";
const RUN_ID = 1001;

const READ: Permissions = { contents: "read", issues: "read", pull_requests: "read", metadata: "read" };
const WRITE: Permissions = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  actions: "read",
  metadata: "read",
};

/** A workflow whose jobs run one after the other, each in a folder of its own, with files handed over between them. */
export interface Scene {
  github: LoopbackGitHub;
  /** Folder that both jobs' artifacts are laid into. */
  artifacts: string;
  investigate(
    event: ActionRun["event"],
    inputs?: Record<string, string>,
    more?: Partial<ActionRun>,
  ): Promise<ActionEnd>;
  /** Somebody reviews the run at the environment. */
  review(review?: Partial<Review>): void;
  /** The acting job, with what `investigate` gave out. */
  act(
    event: ActionRun["event"],
    investigated: ActionEnd,
    inputs?: Record<string, string>,
    more?: Partial<ActionRun>,
  ): Promise<ActionEnd>;
}

/** Opens a repository with a protected environment and a run that is under way. */
export async function withHalves(use: (scene: Scene) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "halves-"));
  try {
    await withGitHub(async (github) => await use(openScene(github, root)));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function openScene(github: LoopbackGitHub, root: string): Scene {
  const actor = { login: "github-actions[bot]", type: "Bot" } as const;
  const register = (token: string, name: string, access: Permissions) =>
    github.registerToken({ token, name, kind: "actions", actor, access: { [REPOSITORY]: access } });
  register(READING_TOKEN, "reading", READ);
  register(WRITING_TOKEN, "writing", WRITE);
  github.setEnvironment(REPOSITORY, ENVIRONMENT, { users: [APPROVER] });
  github.addRun(REPOSITORY, { id: RUN_ID });
  const artifacts = join(root, "artifacts");
  mkdirSync(artifacts);
  const run = (
    action: string,
    event: ActionRun["event"],
    inputs: Record<string, string>,
    more: Partial<ActionRun>,
  ) =>
    runAction({
      ...{ serverUrl: github.url, repository: REPOSITORY, action, event, inputs, runId: String(RUN_ID) },
      folder: mkdtempSync(join(root, "job-")),
      ...more,
    });
  return {
    github,
    artifacts,
    async investigate(event, inputs = {}, more = {}) {
      const end = await run("investigate", event, { token: READING_TOKEN, ...inputs }, more);
      for (const output of ["report-file", "patch-file"]) {
        const path = end.outputs[output];
        if (path) copyFileSync(path, artifactOf({ artifacts }, output));
      }
      return end;
    },
    review: (review = {}) =>
      github.review(REPOSITORY, RUN_ID, {
        by: APPROVER,
        environment: ENVIRONMENT,
        state: "approved",
        ...review,
      }),
    act: (event, { outputs }, inputs = {}, more = {}) =>
      run(
        "act",
        event,
        {
          token: WRITING_TOKEN,
          "report-file": artifactOf({ artifacts }, "report-file"),
          "patch-file": artifactOf({ artifacts }, "patch-file"),
          "report-digest": outputs["report-digest"] ?? "",
          ...inputs,
        },
        more,
      ),
  };
}

/** Where an artifact was downloaded to. */
export function artifactOf({ artifacts }: Pick<Scene, "artifacts">, output: string): string {
  return join(artifacts, output === "report-file" ? "investigation-report.json" : "proposal.patch");
}

/** All refs of the repository and its pull requests: what an acting job could have changed there. */
export async function stateOfTarget(github: LoopbackGitHub): Promise<unknown> {
  const refs = await github.git(REPOSITORY, "for-each-ref", "--format=%(objectname) %(refname)");
  return [refs, github.pulls(REPOSITORY).map(({ number, body, title }) => [number, title, body])];
}

/** Sees that no request of ours (they bear a token) could change anything at GitHub. */
export function assertOnlyRead(github: LoopbackGitHub): void {
  const ours = github.requests.filter(({ headers }) => headers.authorization !== undefined);
  assert.deepEqual(
    ours.filter(isWrite).map(({ method, path }) => `${method} ${path}`),
    [],
  );
  assert.ok(ours.length > 0);
}

/** The event of a new issue's label; by default its task is a diff. */
export async function anEvent(
  { github }: Pick<Scene, "github">,
  instruction = ONE_LINE_DIFF,
): Promise<ActionRun["event"]> {
  return await aLabelledIssue(github, instruction);
}

export function readJson(path = ""): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** The newest comment on the task's issue. */
export function lastComment({ github }: Pick<Scene, "github">): string {
  return github.issue(REPOSITORY, 1).comments.at(-1)?.body ?? "";
}
