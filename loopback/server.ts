import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serveApi } from "./api.ts";
import { type Fault, Faults, type RequestRecord } from "./faults.ts";
import { gitTarget, presentedToken, serveGit } from "./git-http.ts";
import { syncPulls } from "./pulls.ts";
import { faultReply, malform, type Reply, readAll, send, sendTruncated } from "./reply.ts";
import { authorOf, type State } from "./state.ts";
import { Witness } from "./witness.ts";

/** The HTTP side of the loopback GitHub: records each request, lets faults happen, and asks the API or git. */
export class LoopbackServer {
  readonly requests: RequestRecord[] = [];
  readonly faults = new Faults();
  readonly witness = new Witness();
  private readonly state: State;
  private readonly latencyMs: number;
  private readonly server: Server;
  /** Errors of the loopback itself: none of them is an answer of GitHub. */
  private readonly broken: unknown[] = [];

  constructor(state: State, latencyMs: number) {
    this.state = state;
    this.latencyMs = latencyMs;
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        this.broken.push(error);
        response.destroy();
      });
    });
    // Clients keep their connections; a server that closes them first would lose a request now and then.
    this.server.keepAliveTimeout = 60_000;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.state.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, also those that a fault left hanging; throws what went wrong inside the loopback. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    if (this.broken.length > 0) throw new AggregateError(this.broken, "The loopback GitHub itself failed.");
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.state.url);
    const target = gitTarget(url.pathname);
    const body = target === null ? await readAll(request) : Buffer.alloc(0);
    const record = this.record(request, url, target === null ? "api" : "git", body);
    const answer = (): Promise<Reply> =>
      target === null
        ? serveApi(this.state, { method: record.method, url, headers: request.headers, body }, this.witness)
        : serveGit(this.state, request, url, target, (repository) => {
            const token = this.state.tokens.get(presentedToken(request.headers.authorization) ?? "") ?? null;
            return syncPulls(this.state, repository, authorOf(this.state, token));
          });
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    const fault = this.faults.take(record);
    record.fault = fault?.kind ?? null;
    const reply = fault === null ? await answer() : await meet(fault, request, answer);
    if (reply === null) return;
    await deliver(fault, response, reply, record);
  }

  private record(request: IncomingMessage, url: URL, kind: "api" | "git", body: Buffer): RequestRecord {
    const record: RequestRecord = {
      kind,
      method: request.method ?? "GET",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...request.headers, ...this.namedAuthorization(request) },
      body: parsed(body),
      status: 0,
      at: Date.now(),
      fault: null,
    };
    this.requests.push(record);
    return record;
  }

  private namedAuthorization(request: IncomingMessage): { authorization?: string } {
    const token = presentedToken(request.headers.authorization);
    if (token === null) return {};
    const unknown = token.split(".").length === 3 ? "json web token" : "unknown token";
    return { authorization: this.state.tokens.get(token)?.name ?? unknown };
  }
}

function parsed(body: Buffer): unknown {
  try {
    return body.length === 0 ? undefined : JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
}

/** The answer to a request that meets a fault before it is answered; `null` where nothing is to be sent. */
async function meet(
  fault: Fault,
  request: IncomingMessage,
  answer: () => Promise<Reply>,
): Promise<Reply | null> {
  if (fault.kind === "delay") await sleep(fault.ms);
  if (fault.kind === "drop-before") {
    request.socket.destroy();
    return null;
  }
  const instead = faultReply(fault);
  if (instead === null && fault.kind !== "hang") return answer();
  if ("handled" in fault && fault.handled === true) await readAll((await answer()).body);
  else request.resume();
  return instead;
}

/** Sends an answer as the fault leaves it: whole, spoilt, cut, or not at all though the request has taken effect. */
async function deliver(fault: Fault | null, response: ServerResponse, reply: Reply, record: RequestRecord) {
  if (fault?.kind === "drop-after") {
    await readAll(reply.body);
    response.destroy();
    return;
  }
  record.status = reply.status;
  if (fault?.kind === "truncated") return sendTruncated(response, reply);
  return send(response, fault?.kind === "malformed" ? await malform(reply) : reply);
}
