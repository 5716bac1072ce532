import type { Clock } from "../../ports.ts";
import type { Configuration } from "../configuration.ts";
import type { Observe } from "../observer.ts";
import type { ProcessUse } from "../ports.ts";
import { type Job, PRIORITIES } from "../queue/queue.ts";
import { createCounts, secondsSinceWish } from "./counts.ts";
import { defineMetrics, type MetricTable } from "./definitions.ts";
import { createQueueReader, type QueueSource } from "./queue-reader.ts";
import { Registry } from "./registry.ts";

/** How the service does, in numbers for Prometheus. Bounded in size, however long the service runs. */
export interface Metrics {
  observe: Observe;
  /** All numbers as they are now. What the queue does not tell is missing, and `agent_queue_up` is 0. */
  scrape(queue: QueueSource): Promise<{ contentType: string; text: string }>;
}

export interface MetricsNeeds {
  clock: Pick<Clock, "now" | "later">;
  readProcess(): ProcessUse;
}

export interface MetricsOptions extends Pick<Configuration, "name" | "concurrency"> {
  settings: Pick<Configuration["settings"], "timeoutMinutes">;
}

/** What a run may take besides its step, before somebody should look at it. */
const STUCK_MARGIN_MINUTES = 10;

export function createMetrics(
  { clock, readProcess }: MetricsNeeds,
  { name, concurrency, settings }: MetricsOptions,
): Metrics {
  const registry = new Registry();
  const metrics = defineMetrics(registry);
  const { observe, runningSince } = createCounts(metrics, clock);
  const readQueue = createQueueReader(clock);
  const longestMs = (settings.timeoutMinutes + STUCK_MARGIN_MINUTES) * 60_000;
  metrics.info.set({ name }, 1);
  metrics.concurrency.set({}, concurrency);
  let cpuSeconds = 0;

  const collect = (waiting: Job[] | null) => {
    const now = clock.now().getTime();
    const since = runningSince();
    metrics.running.set({}, since.length);
    metrics.stuck.set({}, since.filter((startedAt) => now - startedAt > longestMs).length);
    tellQueue(metrics, waiting, now);
    const use = readProcess();
    metrics.processStart.set({}, use.startedAt / 1000);
    metrics.processMemory.set({}, use.residentBytes);
    metrics.processCpu.inc({}, use.cpuSeconds - cpuSeconds);
    cpuSeconds = use.cpuSeconds;
  };
  return {
    observe,
    async scrape(queue) {
      collect(await readQueue(queue));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A number that is not known is left out: the last one known would be taken for the present one. */
function tellQueue({ queueUp, waiting, oldestAge }: MetricTable, jobs: Job[] | null, now: number): void {
  queueUp.set({}, jobs ? 1 : 0);
  for (const priority of PRIORITIES) {
    if (jobs) waiting.set({ priority }, jobs.filter((job) => job.priority === priority).length);
    else waiting.remove({ priority });
  }
  const ages = jobs?.map((job) => secondsSinceWish(job, now) ?? 0);
  if (ages)
    oldestAge.set(
      {},
      ages.reduce((oldest, age) => Math.max(oldest, age), 0),
    );
  else oldestAge.remove({});
}
