import type { Fault, RequestRecord } from "../../loopback/faults.ts";
import {
  aDispatchRepository,
  aLabelledIssue,
  ONE_LINE_DIFF,
  type Remains,
  runJob,
  whatRemains,
} from "./job.ts";

/** What may go wrong with a request, by the words of `docs/reliability.md`. */
export const FAULTS: Record<string, Fault> = {
  "dropped before": { kind: "drop-before" },
  "dropped after": { kind: "drop-after" },
  "500": { kind: "status", status: 500 },
  "502": { kind: "status", status: 502 },
  "502, done": { kind: "status", status: 502, handled: true },
  "429": { kind: "status", status: 429, headers: { "retry-after": "1" } },
  "secondary limit": { kind: "secondary-limit", retryAfter: 1 },
  malformed: { kind: "malformed" },
  truncated: { kind: "truncated" },
  hung: { kind: "hang" },
};

/** A request of a first run: its kind, and which of its kind it is. */
export interface Call {
  name: string;
  nth: number;
}

/** How a first run with the fault and a second, clean one ended. */
export interface Case {
  call: Call;
  fault: string;
  first: string;
  second: string;
  remains: Remains;
  /** What our own requests did against GitHub's description. */
  violations: readonly unknown[];
}

function nameOf({ kind, method, path, query }: RequestRecord): string {
  const service = query.service ? `?service=${query.service}` : "";
  return `${kind} ${method} ${path.replace(/\/\d{4,}$/, "/ID")}${service}`;
}

/** Every request of a clean first run. */
export async function listCalls(): Promise<Call[]> {
  const github = await aDispatchRepository();
  try {
    await runJob(github, await aLabelledIssue(github, ONE_LINE_DIFF));
    const seen = new Map<string, number>();
    return github.requests.map((request) => {
      const name = nameOf(request);
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      return { name, nth };
    });
  } finally {
    await github.close();
  }
}

/** Runs the task with one fault in one request, then once more as a person re-runs the job. */
async function runCase(call: Call, fault: string): Promise<Case> {
  const github = await aDispatchRepository();
  try {
    const event = await aLabelledIssue(github, ONE_LINE_DIFF);
    const chosen = FAULTS[fault];
    if (!chosen) throw new Error(`There is no fault ${fault}.`);
    github.faults.add({
      match: (request) => nameOf(request) === call.name,
      skip: call.nth - 1,
      fault: chosen,
    });
    const first = await runJob(github, event);
    github.faults.clear();
    const second = await runJob(github, event, { runAttempt: 2 });
    return {
      call,
      fault,
      first: first.outputs.outcome ?? "none",
      second: second.outputs.outcome ?? "none",
      remains: await whatRemains(github),
      violations: [...github.violations, ...github.unknownRoutes],
    };
  } finally {
    await github.close();
  }
}

/** What is wrong with a case, in words; empty where all is as the contract wants it. */
export function flawsOf({ call, fault, first, second, remains, violations }: Case): string[] {
  const wanted: Record<string, [unknown, unknown]> = {
    "status comments": [remains.statusComments, 1],
    // Each run ended by itself, so each has told its result.
    results: [remains.results, [first, second]],
    "state labels": [remains.stateLabels, ["agent-completed"]],
    "open pull requests": [remains.openPullRequests, 1],
    branches: [remains.branches.length, 1],
    claims: [remains.claims, []],
    violations: [violations, []],
    "second run": [["opened", "updated"].includes(second), true],
    "first run": [["opened", "failed"].includes(first), true],
  };
  return Object.entries(wanted)
    .filter(([, [found, expected]]) => JSON.stringify(found) !== JSON.stringify(expected))
    .map(([what, [found]]) => `${call.name} #${call.nth}, ${fault}: ${what} ${JSON.stringify(found)}`);
}

/** Runs cases side by side; most of their time is waiting. */
export async function runCases(calls: Call[], faults: string[], atOnce: number): Promise<Case[]> {
  const waiting = faults.flatMap((fault) => calls.map((call) => ({ call, fault })));
  const done: Case[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      done.push(await runCase(next.call, next.fault));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return done;
}

/** The table of `docs/reliability.md`: how the first run ended; the second one always opened or updated the pull request. */
export function renderMatrix(calls: Call[], cases: Case[]): string {
  const faults = Object.keys(FAULTS);
  const cell = (call: Call, fault: string) =>
    cases.find((one) => one.fault === fault && one.call.name === call.name && one.call.nth === call.nth)
      ?.first ?? "?";
  const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(["request", ...faults]),
    row(["---", ...faults.map(() => "---")]),
    ...calls.map((call) =>
      row([`\`${call.name}\` ${call.nth}`, ...faults.map((fault) => cell(call, fault))]),
    ),
  ].join("\n");
}
