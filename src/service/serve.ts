import { TaskFailure } from "../failure.ts";
import type { Configuration } from "./configuration.ts";
import { retryPauseFor } from "./intake/interval.ts";
import { createPoller, type PollerNeeds } from "./intake/poller.ts";
import { type Delivery, readDelivery } from "./intake/webhook.ts";
import type { Observe } from "./observer.ts";
import { startPool } from "./pool.ts";
import type { Machine } from "./ports.ts";
import type { Job, Queue } from "./queue/queue.ts";
import { type WorkNeeds, workOff } from "./work.ts";

export interface ServiceNeeds extends Omit<PollerNeeds, "queue" | "isBusy">, Pick<WorkNeeds, "openPorts"> {
  queue: Queue;
  machine: Machine;
  observe: Observe;
  /** Starts to listen, where that is configured; gives the origin it listens on. */
  listen(service: Service): Promise<{ url: string; close(): Promise<void> }>;
}

/** The service as its HTTP server sees it. */
export interface Service {
  /** Takes a delivery whose signature was checked. Throws `invalid-event`. */
  deliver(eventName: string, payload: unknown): Promise<string>;
  isReady(): boolean;
  running(): Job[];
  waiting(): Promise<Job[]>;
}

/** Finds tasks and runs them until `stop` is aborted, then drains. */
export async function serve(
  needs: ServiceNeeds,
  configuration: Configuration,
  stop: AbortSignal,
): Promise<void> {
  const { settings, repositories, maxAttempts, serverUrl, leaseSeconds } = configuration;
  const { log, clock, openPorts, observe } = needs;
  const queue = observed(needs.queue, observe);
  const running = new Map<string, Job>();
  let isReady = false;
  const server = await needs.listen({
    isReady: () => isReady && !stop.aborted,
    running: () => [...running.values()],
    waiting: queue.waiting,
    deliver: (eventName, payload) => deliver(queue, readDelivery(eventName, payload, settings, repositories)),
  });
  const runUrlBase = configuration.runUrlBase ?? server.url;
  const { watch, recheck } = createPoller(
    { ...needs, queue, isBusy: (id) => running.has(id) },
    { settings, maxAttempts, runUrlBase, repositories, intervalMs: configuration.pollIntervalMs },
  );
  const work = async (job: Job, cancellation: AbortSignal) => {
    const options = { settings, serverUrl, leaseSeconds, runUrlBase };
    const rateLimitPause = () => retryPauseFor(needs.rateLimit(), clock.now().getTime());
    await workOff({ queue, openPorts, recheck, rateLimitPause, observe }, options, job, cancellation);
  };
  const pool = startPool({ queue, machine: needs.machine, clock, log, running, work }, configuration);
  isReady = true;
  log.info(
    `Watching ${repositories.join(", ")} as ${configuration.name}, ${configuration.concurrency} tasks at once.`,
  );
  await watch(stop, (failure) => observe({ kind: "polled", failure }));
  log.info("Stopping: no more tasks are taken.");
  await pool.drain(configuration.graceMs, new TaskFailure("cancelled", STOPPED));
  await server.close();
}

/** The same queue, which tells of every job that is new to it. */
function observed(queue: Queue, observe: Observe): Queue {
  return {
    ...queue,
    async add(job) {
      const isNew = await queue.add(job);
      if (isNew) observe({ kind: "queued", job });
      return isNew;
    },
  };
}

async function deliver(queue: Queue, delivery: Delivery): Promise<string> {
  if (delivery.kind === "ignored") return delivery.reason;
  return (await queue.add(delivery.job)) ? "queued" : "queued before";
}

const STOPPED = "The runner was stopped before the task had ended; when it is back, it tries once more.";
