import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { actionNode } from "../../loopback/runner.ts";

export const DISPATCH = "acme/tasks";
export const TARGET = "acme/app";
export const TOKEN = "ghp_service00000000000000000000000000000000";
export const LABEL = "copilot-agent";
export const SECRET = "webhook-secret";
export const OWNER = { login: "mona", type: "User" } as const;

export const BUNDLE = fileURLToPath(new URL("../../dist/runner/index.js", import.meta.url));
const ACCOUNT = { login: "runner", type: "User" } as const;
const PATIENCE_MS = 150_000;

/** A GitHub with a dispatch and a target repository, and whatever is started in it. */
export interface ServiceScene {
  github: LoopbackGitHub;
  /** `AGENT_WORKSPACE`. */
  workspace: string;
  /** Puts GitHub's clock, which knows whole seconds only, forward. */
  passTime(milliseconds: number): void;
  /** Opens issues that are tasks, and gives their numbers. */
  open(count: number, labels?: string[]): number[];
  start(args: string[], environment?: Record<string, string>): RunningService;
  /** What `start` sets in the environment. */
  variables: Record<string, string>;
  /** Starts another command line, with this environment and nothing else. */
  launch(command: string[], environment: Record<string, string>): RunningService;
}

export interface RunningService {
  process: ChildProcess;
  /** Standard output and error so far. */
  output(): { stdout: string; stderr: string };
  /** Waits for its end; gives the exit status. */
  ended(): Promise<number | null>;
  /** Waits for the address it listens on. */
  url(): Promise<string>;
}

/** Plays `act`; what it started is killed, and the GitHub closed, whatever happens. */
export async function withService<T>(act: (scene: ServiceScene) => Promise<T>): Promise<T> {
  let aheadMs = 0;
  const github = await startLoopbackGitHub({ now: () => new Date(Date.now() + aheadMs) });
  const workspace = await mkdtemp(join(tmpdir(), "agent-runner-service-"));
  const started: RunningService[] = [];
  const variables = variablesFor(github, workspace);
  const launch: ServiceScene["launch"] = (command, environment) => {
    const service = startProcess(command, environment);
    started.push(service);
    return service;
  };
  try {
    await setUp(github);
    return await act({
      github,
      workspace,
      passTime(milliseconds) {
        aheadMs += milliseconds;
      },
      open: (count, labels = []) => openTasks(github, count, labels),
      start: (args, environment = {}) =>
        launch([actionNode(), BUNDLE, ...args], { ...variables, ...environment }),
      variables,
      launch,
    });
  } finally {
    for (const { process } of started) process.kill("SIGKILL");
    await github.close();
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits until the condition holds, and fails with `what` where it does not in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(25)) if (await holds()) return;
  throw new Error(`It did not come to this: ${what}.`);
}

/** How often each issue has a result comment, and how often it is named by a pull request of the target. */
export function countEnds(github: LoopbackGitHub, numbers: number[]): { results: number[]; pulls: number[] } {
  const pulls = github.pulls(TARGET);
  return {
    results: numbers.map((number) => resultsOf(github, number).length),
    pulls: numbers.map(
      (number) => pulls.filter(({ body }) => body?.includes(`${DISPATCH}#${number}\n`)).length,
    ),
  };
}

export function resultsOf(github: LoopbackGitHub, number: number): string[] {
  const { comments } = github.issue(DISPATCH, number);
  return comments.map(({ body }) => body).filter((body) => body.includes("<!-- agent_task_result"));
}

async function setUp(github: LoopbackGitHub): Promise<void> {
  await github.createRepository(DISPATCH);
  await github.createRepository(TARGET, { files: { "README.md": "# App\n" } });
  for (const name of [DISPATCH, TARGET]) {
    github.setPermission(name, ACCOUNT.login, "write");
    github.setPermission(name, OWNER.login, "write");
  }
  const access = { [DISPATCH]: "write", [TARGET]: "write" } as const;
  github.registerToken({ token: TOKEN, actor: ACCOUNT, kind: "classic", access });
}

function openTasks(github: LoopbackGitHub, count: number, labels: string[]): number[] {
  return Array.from({ length: count }, (_, index) => {
    const issue = { title: `Task ${index}`, body: `Do thing ${index}.`, author: OWNER };
    return github.createIssue(DISPATCH, { ...issue, labels: [LABEL, ...labels] });
  });
}

function variablesFor(github: LoopbackGitHub, workspace: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: workspace,
    GITHUB_TOKEN: TOKEN,
    GITHUB_SERVER_URL: github.url,
    GITHUB_API_URL: github.url,
    DISPATCH_REPO: DISPATCH,
    TARGET_REPO: TARGET,
    AGENT_WORKSPACE: workspace,
    AGENT_PORT: "0",
    AGENT_RUN_URL_BASE: "http://runner.example",
    AGENT_COMMAND: 'echo "$AGENT_ISSUE_NUMBER" > "task-$AGENT_ISSUE_NUMBER.txt"',
    AGENT_CONTENT_PER_MINUTE: "100000",
    AGENT_CONTENT_PER_HOUR: "100000",
    POLL_INTERVAL_SECONDS: "0.2",
  };
}

function startProcess([program = "", ...args]: string[], env: Record<string, string>): RunningService {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const closed = once(child, "close");
  return {
    process: child,
    output: () => output,
    async ended() {
      await closed;
      return child.exitCode;
    },
    async url() {
      const find = () => /Listening on (http:\/\/[\d.]+:\d+)/.exec(output.stdout)?.[1];
      await until("the service listens", () => find() !== undefined);
      return find() ?? "";
    },
  };
}
