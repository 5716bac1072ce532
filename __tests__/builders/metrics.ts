import { createMetrics, type MetricsOptions } from "../../src/service/metrics/metrics.ts";
import type { ProcessUse } from "../../src/service/ports.ts";
import type { Job } from "../../src/service/queue/queue.ts";
import { createFakeClock } from "../fakes/clock.ts";
import { createFakeLog } from "../fakes/log.ts";
import { type Exposition, readExposition } from "./exposition.ts";
import { type Happening, START } from "./service-events.ts";

export const PROCESS_USE: ProcessUse = {
  startedAt: Date.parse("2026-01-02T03:04:00Z"),
  residentBytes: 80_000_000,
  cpuSeconds: 1.5,
};

/** Metrics of a service that may run two tasks at once for half an hour each; its time begins at `START`. */
export function someMetrics(change: Partial<MetricsOptions> = {}) {
  const clock = createFakeClock(START.toISOString());
  const log = createFakeLog();
  const use = { ...PROCESS_USE };
  const metrics = createMetrics(
    { clock, readProcess: () => use },
    { name: "agent-runner", concurrency: 2, settings: { timeoutMinutes: 30 }, ...change },
  );
  const passUntil = (seconds: number) => clock.pass(START.getTime() + seconds * 1000 - clock.now().getTime());
  return {
    ...{ clock, log, use },
    observe: metrics.observe,
    /** Lets all of it happen, in its order. */
    async see(...happenings: Happening[]): Promise<void> {
      for (const [seconds, event] of happenings) {
        await passUntil(seconds);
        metrics.observe(event);
      }
    },
    passUntil,
    /** What Prometheus is told while these tasks wait. */
    async scrape(waiting: Job[] | (() => Promise<Job[]>) = []): Promise<Exposition> {
      const read = typeof waiting === "function" ? waiting : async () => waiting;
      const { text } = await metrics.scrape({ waiting: read, warn: log.warning });
      return readExposition(text);
    },
  };
}
