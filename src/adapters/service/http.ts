import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhooks } from "@octokit/webhooks";
import { TaskFailure } from "../../failure.ts";
import type { Log } from "../../ports.ts";
import type { Service } from "../../service/serve.ts";
import { isLoopback } from "../../service/status/access.ts";
import { createGuard } from "./guard.ts";
import { type MetricsRouteOptions, metricsRoutes } from "./metrics-routes.ts";
import { answer, type Route, type Routes, readBody, send, UNREAD } from "./routes.ts";
import { type StatusOptions, statusRoutes } from "./status-routes.ts";

/** GitHub sends no more. */
const LONGEST_PAYLOAD = 25 * 1024 * 1024;

export interface HttpOptions extends StatusOptions, MetricsRouteOptions {
  port: number;
  /** `null`: no webhook is served. */
  webhookSecret: string | null;
  log: Pick<Log, "debug" | "info" | "warning">;
}

/** Serves the status page, the metrics, the webhook and the probes; gives the origin that is listened on. */
export async function listen(
  options: HttpOptions,
  service: Service,
): Promise<{ url: string; close(): Promise<void> }> {
  const guarded = createGuard(options, options.clock);
  const routes: Routes = {
    ...statusRoutes(options, service, guarded),
    ...metricsRoutes(options, service, guarded),
    "GET /healthz": async () => ({ status: 200, text: "alive\n" }),
    "GET /readyz": async () =>
      service.isReady() ? { status: 200, text: "ready\n" } : { status: 503, text: "not ready\n" },
    ...(options.webhookSecret
      ? { "POST /webhook": webhookRoute(options, options.webhookSecret, service) }
      : {}),
  };
  const server = createServer((request, response) => {
    answer(routes, request, response).then(
      (given) => given && send(response, given),
      (thrown: unknown) => {
        if (thrown === request.errored) {
          options.log.debug(`Whoever asked went away: ${String(thrown)}`);
          return;
        }
        options.log.warning(`A request could not be answered: ${String(thrown)}`);
        send(response, { status: 500, text: "internal error\n" });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: Error) => {
      const where = "`AGENT_HOST` and `AGENT_PORT`";
      reject(
        new TaskFailure("invalid-input", `${where}: the address cannot be had (${cause.message}).`, {
          cause,
        }),
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`;
  const isShown = isLoopback(options.host) || options.statusToken !== null;
  const shown = isShown
    ? "status page at /, metrics at /metrics"
    : "no status page or metrics without AGENT_STATUS_TOKEN";
  options.log.info(`Listening on ${url}, ${shown}${options.webhookSecret ? ", webhook at /webhook" : ""}.`);
  return {
    url,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function webhookRoute({ log }: HttpOptions, secret: string, service: Service): Route {
  const webhooks = new Webhooks({ secret });
  return async (request) => {
    const body = await readBody(request, LONGEST_PAYLOAD);
    if (body === null) return { status: 413, text: "too large\n", headers: UNREAD };
    const signature = String(request.headers["x-hub-signature-256"] ?? "");
    if (!body || !signature || !(await webhooks.verify(body, signature)))
      return { status: 401, text: "wrong signature\n" };
    const event = String(request.headers["x-github-event"] ?? "");
    const delivery = String(request.headers["x-github-delivery"] ?? "");
    try {
      const what = await service.deliver(event, JSON.parse(body));
      log.debug(`Delivery ${delivery} (${event}): ${what}.`);
      return { status: 202, text: `${what}\n` };
    } catch (thrown) {
      if (!(thrown instanceof TaskFailure || thrown instanceof SyntaxError)) throw thrown;
      log.warning(`Delivery ${delivery} (${event}) cannot be read: ${thrown.message}`);
      return { status: 400, text: "the payload cannot be read: send JSON\n" };
    }
  };
}
