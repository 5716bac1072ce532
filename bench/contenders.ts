import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { issuesEvent } from "../loopback/events.ts";
import type { RequestRecord } from "../loopback/faults.ts";
import type { LoopbackGitHub } from "../loopback/github.ts";
import type { Actor } from "../loopback/model.ts";
import { runAction } from "../loopback/runner.ts";
import { type Sample, time, watchMemory } from "./measure.ts";
import { OPENING, pathOf } from "./repositories.ts";

export const TOKEN = "ghs_bench000000000000000000000000000000000";
export const PERSON: Actor = { login: "octocat", type: "User" };
const HERE = dirname(fileURLToPath(import.meta.url));
const COMMAND = `sed -i '1s/.*/Changed./' ${pathOf(7)}`;

/** Takes one change to a pull request and two comments, in its own way. */
export type Contender = (github: LoopbackGitHub, repository: string) => Promise<Sample>;

export const CONTENDERS: Record<string, Contender> = {
  "plain shell": (github, repository) => runScript(github, repository, "bash", join(HERE, "shell.sh")),
  floor: (github, repository) => runScript(github, repository, process.execPath, join(HERE, "floor.mjs")),
  patch: (github, repository) => runOurs(github, repository, diffOf(1), {}),
  command: (github, repository) => runOurs(github, repository, "Change a file.", { command: COMMAND }),
};

/** A patch over a hundred files, whose git requests are counted. */
export const hundredFiles: Contender = (github, repository) => runOurs(github, repository, diffOf(100), {});

let runs = 0;

async function runScript(
  github: LoopbackGitHub,
  repository: string,
  command: string,
  script: string,
): Promise<Sample> {
  runs += 1;
  const issue = github.createIssue(repository, { title: "Change a file", body: "", author: PERSON });
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    FOLDER: folder,
    SERVER_URL: github.url,
    REPOSITORY: repository,
    TOKEN,
    BRANCH: `bench-${runs}`,
    ISSUE: String(issue),
    FILE: pathOf(7),
    ...identity("AUTHOR"),
    ...identity("COMMITTER"),
  };
  const from = github.requests.length;
  try {
    const milliseconds = await time(command, [script], environment);
    return { milliseconds, peakMb: null, ...count(github.requests.slice(from)), firstRequest: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function identity(who: string): Record<string, string> {
  return { [`GIT_${who}_NAME`]: "Bench", [`GIT_${who}_EMAIL`]: "bench@example.invalid" };
}

async function runOurs(
  github: LoopbackGitHub,
  repository: string,
  instruction: string,
  inputs: Record<string, string>,
): Promise<Sample> {
  runs += 1;
  const metadata = `<!-- agent_task_metadata {"task_id": "bench-${runs}"} -->`;
  const body = `## Instructions\n\n${instruction}\n\n---\n\n${metadata}\n`;
  const number = github.createIssue(repository, { title: "Change a file", body, author: PERSON });
  return await runLabelled(github, {
    ...{ repository, number, sender: PERSON },
    ...{ inputs: { token: TOKEN, ...inputs }, outcome: "opened" },
  });
}

/** One run of the Action for an issue that somebody labels now. */
export interface LabelledRun {
  repository: string;
  number: number;
  sender: Actor;
  inputs: Record<string, string>;
  /** How it must end. */
  outcome: string;
}

/** Runs the bundle as the label's event would. */
export async function runLabelled(github: LoopbackGitHub, run: LabelledRun): Promise<Sample> {
  const { repository, number, sender, inputs, outcome } = run;
  const event = { action: "labeled", repo: repository, number, sender, label: "copilot-agent" } as const;
  const payload = issuesEvent(github, event);
  const from = github.requests.length;
  let peak: () => number | null = () => null;
  let started = 0;
  const end = await runAction({
    serverUrl: github.url,
    repository,
    event: { name: "issues", payload },
    inputs,
    post: false,
    onStart: ({ pid = 0 }) => {
      started = Date.now();
      peak = watchMemory(pid);
    },
  });
  if (end.outputs.outcome !== outcome)
    throw new Error(`The run ended with ${end.outputs.outcome}:\n${end.log.slice(-2000)}`);
  const requests = github.requests.slice(from);
  return {
    ...{ milliseconds: end.duration, peakMb: peak() },
    ...{ ...count(requests), firstRequest: firstOf(requests, started) },
  };
}

/** Milliseconds from `started` (since 1970) to the first API request; `null` where there is none. */
export function firstOf(requests: RequestRecord[], started: number): number | null {
  const first = requests.find(({ kind }) => kind === "api");
  return first ? first.at - started : null;
}

export function count(requests: RequestRecord[]): Pick<Sample, "apiCalls" | "contentCalls" | "gitRequests"> {
  const api = requests.filter(({ kind }) => kind === "api");
  const creates = ({ method, path }: RequestRecord) =>
    method === "POST" && /\/(?:pulls|comments|issues)$/.test(path);
  return {
    apiCalls: api.length,
    contentCalls: api.filter(creates).length,
    gitRequests: requests.length - api.length,
  };
}

function diffOf(files: number): string {
  const [first, ...context] = OPENING;
  const kept = context.map((line) => ` ${line}\n`).join("");
  const diffs = Array.from({ length: files }, (_, index) => {
    const path = pathOf(index + 7);
    return `--- a/${path}\n+++ b/${path}\n@@ -1,4 +1,4 @@\n-${first}\n+Changed.\n${kept}`;
  });
  return `\`\`\`diff\n${diffs.join("")}\`\`\``;
}
