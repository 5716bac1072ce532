import { type HttpOptions, listen } from "../../src/adapters/service/http.ts";
import { createMetrics, type Metrics } from "../../src/service/metrics/metrics.ts";
import type { Service } from "../../src/service/serve.ts";
import { createStatus, type Status } from "../../src/service/status/status.ts";
import { createFakeClock, type FakeClock } from "../fakes/clock.ts";
import { createFakeLog, type FakeLog } from "../fakes/log.ts";
import { PROCESS_USE } from "./metrics.ts";
import { aJob } from "./queued-job.ts";

export interface ListeningScene {
  url: string;
  status: Status;
  metrics: Metrics;
  clock: FakeClock;
  log: FakeLog;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

/** Plays `act` with a service's real server on loopback. Its clock stands still, nothing runs, and one task waits. */
export async function withListening(
  change: Partial<HttpOptions & Service>,
  act: (scene: ListeningScene) => Promise<void>,
): Promise<void> {
  const clock = createFakeClock("2026-01-02T03:04:05Z");
  const log = createFakeLog();
  const status = createStatus(clock);
  const facts = {
    name: "agent-runner",
    repositories: ["acme/tasks"],
    serverUrl: "https://github.com",
    concurrency: 2,
  };
  const metrics = createMetrics(
    { clock, readProcess: () => PROCESS_USE },
    { ...facts, settings: { timeoutMinutes: 30 } },
  );
  const access = { statusToken: null, host: "127.0.0.1", port: 0, webhookSecret: null };
  const service = {
    ...{ isReady: () => true, running: () => [], waiting: async () => [aJob(9)] },
    deliver: async () => "queued",
  };
  const all = { ...facts, ...access, ...service, log, clock, status, metrics, ...change };
  const server = await listen(all, all);
  const url = server.url.replace("0.0.0.0", "127.0.0.1");
  try {
    const get = (path: string, headers = {}) => fetch(url + path, { headers, redirect: "manual" });
    await act({ url, status, metrics, clock, log, get });
  } finally {
    await server.close();
  }
}
