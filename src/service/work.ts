import { randomUUID } from "node:crypto";
import { FAILURES } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import type { Ports, Watch } from "../ports.ts";
import { headlineOf } from "../report/outcome.ts";
import type { FinalReport } from "../report/report.ts";
import { failureCodeOf } from "../report/task-result.ts";
import { runTask } from "../run-task.ts";
import type { Run } from "../task.ts";
import { giveUp } from "./give-up.ts";
import type { Observe } from "./observer.ts";
import type { Job, Queue } from "./queue/queue.ts";
import { findWanted } from "./still-wanted.ts";

export interface WorkOptions {
  settings: Settings;
  serverUrl: string;
  leaseSeconds: number;
  /** What the addresses of runs begin with. */
  runUrlBase: string;
}

/** The ports of one run. */
export interface TaskPorts extends Ports {
  /** Ends the run's audit trail; never throws. */
  close(): Promise<void>;
}

export interface WorkNeeds {
  queue: Pick<Queue, "done" | "fail">;
  openPorts(job: Pick<Job, "id">, run: Run, stop: AbortSignal): Promise<TaskPorts>;
  /** Milliseconds after which a task that met a rate limit may try again. */
  rateLimitPause(): number;
  /** The issue is judged again after this time: it may be somebody else's just now. */
  recheck(id: string, milliseconds: number): void;
  observe: Observe;
}

/** How soon a task is looked at again that could not even begin here. */
const UNOPENED_MS = 60_000;

/** Runs a job as the Action would, and tells the queue how it ended. */
export async function workOff(
  needs: WorkNeeds,
  options: WorkOptions,
  job: Job,
  stop: AbortSignal,
): Promise<FinalReport> {
  const run = newRun(options, job.attempt);
  const ports = await needs.openPorts(job, run, stop).catch(async (thrown) => {
    // This machine's trouble, a full disk say, is no try of the task.
    needs.observe({ kind: "not-begun", job });
    await needs.queue.done(job);
    needs.recheck(job.id, UNOPENED_MS);
    throw thrown;
  });
  needs.observe({ kind: "started", job, run });
  try {
    return await workWith(needs, options, job, ports, run);
  } finally {
    await ports.close();
  }
}

async function workWith(
  needs: WorkNeeds,
  options: WorkOptions,
  job: Job,
  ports: Ports,
  run: Run,
): Promise<FinalReport> {
  const watch: Watch = { enter: (stage) => needs.observe({ kind: "stage", job, stage }) };
  const trigger = await findWanted(ports, options.settings, job.dispatch);
  const report = await runTask({ ...ports, watch }, options.settings, run, trigger);
  needs.observe({ kind: "ended", job, report });
  ports.log.info(headlineOf(report));
  if (report.outcome.kind === "duplicate") needs.recheck(job.id, options.leaseSeconds * 1000);
  // Whoever takes the label off or closes the issue cancels for good. What our stop has ended is found again at GitHub.
  if (!mayPass(report)) await needs.queue.done(job);
  else {
    const leastPause = failureCodeOf(report.outcome) === "rate-limited" ? needs.rateLimitPause() : 0;
    const next = await needs.queue.fail(job, leastPause);
    if (next === "given-up") {
      needs.observe({ kind: "given-up", job, report });
      await giveUp(ports, report, job);
    }
  }
  return report;
}

/** A run of the service: it belongs to no repository's workflow, and only its lease says whether it lives. */
export function newRun(
  { serverUrl, leaseSeconds, runUrlBase }: Omit<WorkOptions, "settings">,
  attempt: number,
): Run {
  const id = randomUUID();
  return { id, attempt, url: `${runUrlBase}/runs/${id}`, repository: null, serverUrl, leaseSeconds };
}

/** Whether another try, by itself, may end better. */
function mayPass({ outcome }: FinalReport): boolean {
  if (outcome.kind === "cancelled") return false;
  const code = failureCodeOf(outcome);
  return code !== null && FAILURES[code].retryable;
}
