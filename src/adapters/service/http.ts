import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhooks } from "@octokit/webhooks";
import { TaskFailure } from "../../failure.ts";
import type { Log } from "../../ports.ts";
import type { Service } from "../../service/serve.ts";

/** GitHub sends no more. */
const LONGEST_PAYLOAD = 25 * 1024 * 1024;

interface Answer {
  status: number;
  text: string;
}
type Route = (request: IncomingMessage) => Promise<Answer>;

export interface HttpOptions {
  host: string;
  port: number;
  /** `null`: no webhook is served. */
  webhookSecret: string | null;
  log: Pick<Log, "debug" | "info" | "warning">;
}

/** Serves the webhook and the probes; gives the origin that is listened on. */
export async function listen(
  options: HttpOptions,
  service: Service,
): Promise<{ url: string; close(): Promise<void> }> {
  const routes: Record<string, Route> = {
    "GET /healthz": async () => ({ status: 200, text: "alive\n" }),
    "GET /readyz": async () =>
      service.isReady() ? { status: 200, text: "ready\n" } : { status: 503, text: "not ready\n" },
    ...(options.webhookSecret
      ? { "POST /webhook": webhookRoute(options, options.webhookSecret, service) }
      : {}),
  };
  const server = createServer((request, response) => {
    answer(routes, request).then(
      (given) => send(response, given),
      (thrown: unknown) => {
        options.log.warning(`A request could not be answered: ${String(thrown)}`);
        send(response, { status: 500, text: "internal error\n" });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`;
  options.log.info(`Listening on ${url}${options.webhookSecret ? ", webhook at /webhook" : ""}.`);
  return {
    url,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(routes: Record<string, Route>, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "/").split("?")[0];
  const route = routes[`${request.method} ${path}`];
  if (route) return await route(request);
  const isKnown = Object.keys(routes).some((name) => name.endsWith(` ${path}`));
  return isKnown ? { status: 405, text: "method not allowed\n" } : { status: 404, text: "not found\n" };
}

function webhookRoute({ log }: HttpOptions, secret: string, service: Service): Route {
  const webhooks = new Webhooks({ secret });
  return async (request) => {
    const body = await readBody(request);
    if (body === null) return { status: 413, text: "too large\n" };
    const signature = String(request.headers["x-hub-signature-256"] ?? "");
    if (!signature || !(await webhooks.verify(body, signature)))
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

/** `null` where it is longer than GitHub's payloads can be. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_PAYLOAD) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
