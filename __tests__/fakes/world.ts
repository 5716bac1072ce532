import type { InputName } from "../../src/inputs.ts";
import type { Ports } from "../../src/ports.ts";
import type { FinalReport } from "../../src/report/report.ts";
import { runTask } from "../../src/run-task.ts";
import type { Issue, Run, Trigger } from "../../src/task.ts";
import { aTrigger } from "../builders/dispatch.ts";
import { anIssue } from "../builders/issue.ts";
import { someSettings } from "../builders/settings.ts";
import { aRun } from "../builders/task.ts";
import { createFakeArtifacts } from "./artifacts.ts";
import { createFakeAudit, type FakeAudit } from "./audit.ts";
import { createFakeClock, type FakeClock } from "./clock.ts";
import { createFakeGit, type FakeGit } from "./git.ts";
import { createFakeGitHub, type FakeGitHub } from "./github.ts";
import { createFakeLog, type FakeLog } from "./log.ts";
import { createFakeRemote, type FakeRemote } from "./remote.ts";
import { createFakeSteps, type FakeSteps } from "./steps.ts";

export const DISPATCH = "your-org/dispatch";
export const TARGET = "your-org/your-project";
export const TASK_ID = "t-1";

/** The body of the world's issue, for its target. */
export function aBody(instruction = "Do the work.", taskId = TASK_ID): string {
  const metadata = `<!-- agent_task_metadata {"task_id": "${taskId}", "target_repo": "${TARGET}"} -->`;
  return `${metadata}\n\n## Instruction\n\n${instruction}\n`;
}

export interface World {
  /** Files that outlive the run, by their paths. */
  artifacts: Map<string, Uint8Array>;
  clock: FakeClock;
  remote: FakeRemote;
  github: FakeGitHub;
  git: FakeGit;
  steps: FakeSteps;
  log: FakeLog;
  audit: FakeAudit;
  cancellation: AbortController;
  ports: Ports;
  /** Labelled a minute ago by `octocat`, who may write. */
  issue: Issue;
  /** Runs a task as the action would; by default the issue's, whose label was just set. */
  run(options?: { inputs?: Inputs; run?: Partial<Run>; trigger?: Trigger }): Promise<FinalReport>;
}

export type Inputs = Partial<Record<InputName, string>>;

/** Everything that a run touches, in memory: one issue for a target with one file, and a command that adds another one. */
export function aWorld(issueChange: Partial<Issue> = {}): World {
  const clock = createFakeClock("2026-01-02T03:05:05Z");
  const remote = createFakeRemote({ "README.md": "Hello\n" });
  const github = createFakeGitHub(clock, remote);
  const git = createFakeGit(remote);
  const steps = createFakeSteps(git);
  const log = createFakeLog();
  const audit = createFakeAudit();
  const artifacts: World["artifacts"] = new Map();
  const cancellation = new AbortController();
  for (const name of [DISPATCH, TARGET])
    github.repositories.set(name, { name, defaultBranch: "main", archived: false, hasPullRequests: true });
  github.permissions.set("octocat", "write");
  const issue = anIssue({ repository: DISPATCH, body: aBody(), ...issueChange });
  github.issues.push(structuredClone(issue));
  const ports: Ports = {
    dispatch: github.api,
    target: github.api,
    git,
    claims: git,
    steps,
    findSecrets: () => [],
    artifacts: createFakeArtifacts(artifacts),
    audit,
    log,
    clock,
    cancellation: cancellation.signal,
  };
  return {
    artifacts,
    clock,
    remote,
    github,
    git,
    steps,
    log,
    audit,
    cancellation,
    ports,
    issue,
    run: ({ inputs, run, trigger } = {}) =>
      runTask(ports, someSettings({ command: "work", ...inputs }), aRun(run), trigger ?? aTrigger(issue)),
  };
}
