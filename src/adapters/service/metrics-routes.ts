import type { Log } from "../../ports.ts";
import type { Metrics } from "../../service/metrics/metrics.ts";
import type { Service } from "../../service/serve.ts";
import { type Guard, NO_TOKEN } from "./guard.ts";
import type { Routes } from "./routes.ts";

export interface MetricsRouteOptions {
  metrics: Pick<Metrics, "scrape">;
  log: Pick<Log, "warning">;
}

/** The metrics, for Prometheus. */
export function metricsRoutes(
  { metrics, log }: MetricsRouteOptions,
  { waiting }: Pick<Service, "waiting">,
  guarded: Guard,
): Routes {
  return {
    "GET /metrics": guarded(NO_TOKEN, async () => {
      const { contentType, text } = await metrics.scrape({ waiting, warn: log.warning });
      return { status: 200, text, headers: { "content-type": contentType, "cache-control": "no-store" } };
    }),
  };
}
