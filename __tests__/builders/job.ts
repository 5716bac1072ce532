import assert from "node:assert/strict";
import { issuesEvent } from "../../loopback/events.ts";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { type ActionEnd, type ActionRun, runAction } from "../../loopback/runner.ts";
import { readMarker } from "../../src/naming.ts";

export const REPOSITORY = "acme/app";
export const TOKEN = "ghs_abcdefghijklmnopqrstuvwxyz0123456789";
export const DEVELOPER = { login: "octocat", type: "User" } as const;
export const TASK_ID = "550e8400-e29b-41d4-a716-446655440000";

/** A diff of one line that applies to the repository of `aDispatchRepository`. */
export const ONE_LINE_DIFF = [
  "```diff",
  "--- a/src/a.txt",
  "+++ b/src/a.txt",
  "@@ -1,3 +1,3 @@",
  " one",
  "-two",
  "+TWO",
  " three",
  "```",
].join("\n");

/** The Handsfree backend's body (form A of the contract) around an instruction. */
export function aBody(instruction: string, taskId = TASK_ID): string {
  const metadata = JSON.stringify({
    task_id: taskId,
    user_id: "user-123",
    provider: "github_issue_dispatch",
  });
  return `# Agent Task Delegation\n\n**Task ID:** \`${taskId}\`\n**User ID:** \`user-123\`\n\n## Instructions\n\n${instruction}\n\n---\n\n<!-- agent_task_metadata\n${metadata}\n-->\n`;
}

/** A loopback GitHub with one repository that is dispatch repository and target, a developer, and a job's token. */
export async function aDispatchRepository(): Promise<LoopbackGitHub> {
  const github = await startLoopbackGitHub();
  await github.createRepository(REPOSITORY, {
    files: { "README.md": "# App\n", "src/a.txt": "one\ntwo\nthree\n" },
    history: 2,
  });
  github.setPermission(REPOSITORY, DEVELOPER.login, "write");
  github.registerToken({
    token: TOKEN,
    kind: "actions",
    actor: { login: "github-actions[bot]", type: "Bot" },
    access: {
      [REPOSITORY]: { contents: "write", issues: "write", pull_requests: "write", metadata: "read" },
    },
  });
  return github;
}

/** Opens a world for one test, and sees that the product spoke with it as with GitHub and left no claim behind. */
export async function withGitHub(use: (github: LoopbackGitHub) => Promise<void>): Promise<void> {
  const github = await aDispatchRepository();
  try {
    await use(github);
    assert.deepEqual(github.violations, []);
    assert.deepEqual(github.unknownRoutes, []);
    assert.deepEqual(await claimsIn(github), []);
  } finally {
    await github.close();
  }
}

export interface Job extends Partial<Omit<ActionRun, "inputs">> {
  inputs?: Record<string, string>;
}

/** Files an issue with that instruction, labels it, and gives the event that this sets off. */
export async function aLabelledIssue(
  github: LoopbackGitHub,
  instruction: string,
  taskId = TASK_ID,
): Promise<ActionRun["event"]> {
  const issue = await github.createIssue(REPOSITORY, {
    title: "Write TWO in capitals",
    body: aBody(instruction, taskId),
    author: DEVELOPER,
  });
  return aLabelledEvent(github, issue);
}

export function aLabelledEvent(github: LoopbackGitHub, number: number): ActionRun["event"] {
  const payload = issuesEvent(github, {
    action: "labeled",
    repo: REPOSITORY,
    number,
    sender: DEVELOPER,
    label: "copilot-agent",
  });
  return { name: "issues", payload };
}

/** Runs the bundle, main and post, on an event. */
export function runJob(
  github: LoopbackGitHub,
  event: ActionRun["event"],
  { inputs, ...more }: Job = {},
): Promise<ActionEnd> {
  return runAction({
    serverUrl: github.url,
    repository: REPOSITORY,
    event,
    inputs: { token: TOKEN, ...inputs },
    ...more,
  });
}

/** What stands at GitHub for an issue, in the terms of the contract. */
export interface Remains {
  statusComments: number;
  /** Outcomes of the result comments, oldest first. */
  results: string[];
  stateLabels: string[];
  openPullRequests: number;
  /** Branches besides the default one. */
  branches: string[];
  claims: string[];
}

async function refsIn(github: LoopbackGitHub): Promise<string[]> {
  return (await github.git(REPOSITORY, "for-each-ref", "--format=%(refname)")).trim().split("\n");
}

async function claimsIn(github: LoopbackGitHub): Promise<string[]> {
  return (await refsIn(github)).filter((ref) => ref.startsWith("refs/agent-runner/claims/"));
}

export async function whatRemains(github: LoopbackGitHub, number = 1): Promise<Remains> {
  const { comments, labels } = github.issue(REPOSITORY, number);
  const refs = await refsIn(github);
  const results = comments
    .map(({ body }) => readMarker(body, "agent_task_result"))
    .filter((each) => each !== null);
  return {
    statusComments: comments.filter(({ body }) => readMarker(body, "agent_runner_status")).length,
    results: results.map(({ outcome }) => String(outcome)),
    stateLabels: labels.filter((label) => label.startsWith("agent-")),
    openPullRequests: github.pulls(REPOSITORY).filter(({ state }) => state === "open").length,
    branches: refs.filter((ref) => ref.startsWith(`refs/heads/agent-task-${number}-`)),
    claims: await claimsIn(github),
  };
}
