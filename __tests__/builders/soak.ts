import { setTimeout as pause } from "node:timers/promises";
import { numbersFrom } from "./random.ts";
import {
  countEnds,
  DISPATCH,
  type RunningService,
  resultsOf,
  type ServiceScene,
  TARGET,
  TOKEN,
} from "./service.ts";

const LOOK_EVERY_MS = 100;
/** A kill meets any moment of the tasks that run then: a task takes about this long. */
const LONGEST_DELAY_MS = 1500;

/** Long enough to be met by a kill now and then. */
const COMMAND = 'sleep 0.2; echo "$AGENT_ISSUE_NUMBER" > "task-$AGENT_ISSUE_NUMBER.txt"';

/** Services that are killed at work and started again, while they share one dispatch repository. */
export interface SoakPlan {
  issues: number;
  kills: number;
  processes: number;
  /** Of the moments and the victims of the kills. */
  seed: number;
  /** Seconds after which a dead service's tasks may be taken over. */
  leaseSeconds: number;
  /** Milliseconds after which it ends, whatever is missing. */
  patienceMs: number;
}

export interface SoakEnd {
  /** From the first start to the last result. */
  milliseconds: number;
  /** Services that died by SIGKILL. */
  killed: number;
  /** Each task that has not exactly one pull request and one result, with all that is known of it; services that ended otherwise. */
  flaws: string[];
  /** What a killed service left behind at GitHub beside the ends: numbers of issues that still look at work, and claims. */
  left: { processing: number[]; claims: string[] };
}

interface Kill {
  /** Pull requests that there are before. */
  after: number;
  delayMs: number;
  victim: number;
}

/** Runs as many tasks as planned through services that die meanwhile. Ends by itself, and leaves no service alive. */
export async function soak(scene: ServiceScene, plan: SoakPlan): Promise<SoakEnd> {
  const { github } = scene;
  const numbers = scene.open(plan.issues);
  github.setRateLimit(TOKEN, 1_000_000);
  const environment = {
    AGENT_LEASE_SECONDS: String(plan.leaseSeconds),
    AGENT_COMMAND: COMMAND,
    LOG_LEVEL: "debug",
  };
  const all: RunningService[] = [];
  const begin = () => {
    const service = scene.start(["serve"], environment);
    all.push(service);
    return service;
  };
  const from = performance.now();
  const inTime = waitUntil.bind(null, from + plan.patienceMs);
  const running = Array.from({ length: plan.processes }, begin);
  for (const { after, delayMs, victim } of planKills(plan)) {
    if (!(await inTime(() => github.pulls(TARGET).length >= after))) break;
    await pause(delayMs);
    await kill(running[victim], "SIGKILL");
    running[victim] = begin();
  }
  await inTime(() => numbers.every((number) => resultsOf(github, number).length > 0));
  const milliseconds = performance.now() - from;
  // Whoever still believes that a task is open shows it within two leases.
  await pause(plan.leaseSeconds * 2000);
  await Promise.all(running.map((service) => kill(service, "SIGTERM")));
  return {
    milliseconds,
    killed: all.filter(({ process }) => process.signalCode === "SIGKILL").length,
    flaws: [...flawedServices(all), ...flawedTasks(scene, numbers, all)],
    left: await whatIsLeft(scene, numbers),
  };
}

function planKills({ issues, kills, processes, seed }: SoakPlan): Kill[] {
  const next = numbersFrom(seed);
  const below = (most: number) => Math.floor((next() / 2 ** 32) * most);
  const planned = Array.from({ length: kills }, () => ({
    after: below(issues),
    delayMs: below(LONGEST_DELAY_MS),
    victim: below(processes),
  }));
  return planned.sort((a, b) => a.after - b.after);
}

async function waitUntil(end: number, holds: () => boolean): Promise<boolean> {
  for (; performance.now() < end; await pause(LOOK_EVERY_MS)) if (holds()) return true;
  return holds();
}

async function kill(service: RunningService | undefined, signal: NodeJS.Signals): Promise<void> {
  service?.process.kill(signal);
  await service?.ended();
}

function flawedServices(services: RunningService[]): string[] {
  return services
    .filter(({ process }) => process.signalCode !== "SIGKILL" && process.exitCode !== 0)
    .map(({ process, output }) => `A service ended with ${process.exitCode}: ${output().stderr}`);
}

function flawedTasks({ github }: ServiceScene, numbers: number[], services: RunningService[]): string[] {
  const { results, pulls } = countEnds(github, numbers);
  return numbers.flatMap((number, index) => {
    if (results[index] === 1 && pulls[index] === 1) return [];
    const { labels, comments, events } = github.issue(DISPATCH, number);
    return [
      `${DISPATCH}#${number} has ${pulls[index]} pull requests and ${results[index]} results.`,
      `Labels: ${labels.join(", ")}. Events: ${events.join(", ")}.`,
      ...comments.map(({ id, createdAt, body }) => `${createdAt} comment ${id}: ${JSON.stringify(body)}`),
      ...services.flatMap((service, life) => linesOf(service, number).map((line) => `${life} ${line}`)),
    ].join("\n");
  });
}

function linesOf({ output }: RunningService, number: number): string[] {
  const lines = output().stdout.split("\n");
  return lines.filter((line) => line.includes(`"task":"${DISPATCH}#${number}"`));
}

async function whatIsLeft({ github }: ServiceScene, numbers: number[]): Promise<SoakEnd["left"]> {
  const refs = await github.git(TARGET, "for-each-ref", "--format=%(refname)", "refs/agent-runner/claims");
  return {
    processing: numbers.filter((number) =>
      github.issue(DISPATCH, number).labels.includes("agent-processing"),
    ),
    claims: refs.split("\n").filter((name) => name !== ""),
  };
}
