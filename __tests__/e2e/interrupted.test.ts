import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import type { ActionEnd } from "../../loopback/runner.ts";
import { aDispatchRepository, aLabelledIssue, type Job, runJob, whatRemains } from "../builders/job.ts";

jest.setTimeout(600_000);

/** Edits a file, and takes long enough to be hit at work. */
const COMMAND = "echo changed >> src/a.txt; sleep 0.2";

type Event = Parameters<typeof runJob>[1];

/** Runs a job and sends its main process a signal when the nth request has come. */
async function runInterrupted(
  github: LoopbackGitHub,
  event: Event,
  { signal, at, ...job }: Job & { signal: NodeJS.Signals; at: number },
): Promise<ActionEnd> {
  const before = github.requests.length;
  let watch: NodeJS.Timeout | undefined;
  try {
    return await runJob(github, event, {
      ...job,
      onStart: (main) => {
        watch = setInterval(() => {
          if (github.requests.length - before < at) return;
          clearInterval(watch);
          main.kill(signal);
        }, 1);
      },
    });
  } finally {
    clearInterval(watch);
  }
}

/** How many requests a run of the command makes when nothing disturbs it. */
async function countRequests(): Promise<number> {
  const github = await aDispatchRepository();
  try {
    await runJob(github, await aLabelledIssue(github, "Do it"), { inputs: { command: COMMAND } });
    return github.requests.length;
  } finally {
    await github.close();
  }
}

function processesOf(marker: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(marker);
    } catch {
      return false;
    }
  });
}

interface Interruption {
  signal: NodeJS.Signals;
  post: boolean;
}

const INTERRUPTIONS: Interruption[] = [
  { signal: "SIGINT", post: true },
  { signal: "SIGTERM", post: true },
  { signal: "SIGTERM", post: false },
  { signal: "SIGKILL", post: true },
  { signal: "SIGKILL", post: false },
];

describe("a run that is stopped at any of its requests, then run again, leaves everything once", () => {
  test.each(INTERRUPTIONS)("$signal, post step: $post", async ({ signal, post }) => {
    const requests = await countRequests();
    const waiting = Array.from({ length: requests }, (_, index) => index + 1);
    const flaws: string[] = [];
    const work = async () => {
      for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
        flaws.push(...(await tryAt({ signal, post, at })));
      }
    };
    await Promise.all([work(), work(), work()]);
    expect(flaws).toEqual([]);
  });
});

async function tryAt({ signal, post, at }: Interruption & { at: number }): Promise<string[]> {
  const github = await aDispatchRepository();
  const marker = `TEST_PROBE=${signal}-${post}-${at}-${process.pid}-${Date.now()}`;
  const environment = { TEST_PROBE: marker.split("=")[1] ?? "" };
  const job = { inputs: { command: COMMAND, "pass-env": "TEST_PROBE" }, environment };
  try {
    const event = await aLabelledIssue(github, "Do it");
    const first = await runInterrupted(github, event, { ...job, signal, at, post });
    const told = await whatRemains(github);
    const second = await runJob(github, event, { ...job, runAttempt: 2 });
    const { statusComments, stateLabels, openPullRequests, branches, claims, results } =
      await whatRemains(github);
    const found = {
      statusComments,
      stateLabels,
      openPullRequests,
      branches: branches.length,
      claims,
      second: ["opened", "updated"].includes(second.outputs.outcome ?? ""),
      twice: results.length > 2,
      alive: processesOf(marker),
      violations: [...github.violations, ...github.unknownRoutes],
      // A run that began and was stopped has told so, unless nobody was left to tell.
      untold: post && told.statusComments === 1 && told.results.length !== 1,
      claimed: post && told.claims.length > 0,
    };
    const wanted = {
      statusComments: 1,
      stateLabels: ["agent-completed"],
      openPullRequests: 1,
      branches: 1,
      claims: [],
      second: true,
      twice: false,
      alive: [],
      violations: [],
      untold: false,
      claimed: false,
    };
    if (JSON.stringify(found) === JSON.stringify(wanted)) return [];
    return [`at ${at} (first: ${first.outputs.outcome ?? first.signal}): ${JSON.stringify(found)}`];
  } finally {
    await github.close();
  }
}
