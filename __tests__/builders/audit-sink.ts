import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { AuditEvent } from "../../src/audit/event.ts";

/** What the sink does with one event. */
export type Treatment = "store" | "store late" | "store and drop" | "drop" | "out of order" | "refuse";

/** Milliseconds. */
const LATE = 800;

export interface AuditSink {
  url: string;
  /** Ids of the events that it has. */
  stored: Set<string>;
  /** All `Authorization` headers that came. */
  tokens: Set<string>;
  close(): Promise<void>;
}

/**
 * A sink on loopback that answers as the real one: 201 for a new event, 500 for one that it has. Calls count from 1. One that died
 * comes back with its port and what it had stored.
 */
export async function startAuditSink(
  treat: (call: number, event: AuditEvent) => Treatment,
  { port: wanted = 0, stored = new Set<string>() }: { port?: number; stored?: Set<string> } = {},
): Promise<AuditSink> {
  const tokens = new Set<string>();
  let calls = 0;
  const server = createServer(async (request, response) => {
    const event = (await json(request)) as AuditEvent;
    tokens.add(request.headers.authorization ?? "");
    calls += 1;
    const treatment = treat(calls, event);
    if (treatment === "refuse") return void response.writeHead(403).end();
    if (treatment === "out of order") return void response.writeHead(503).end();
    if (treatment === "drop") return void response.destroy();
    const isNew = !stored.has(event.event_id);
    stored.add(event.event_id);
    if (treatment === "store and drop") return void response.destroy();
    if (treatment === "store late") await pause(LATE, undefined, { ref: false });
    response.writeHead(isNew ? 201 : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stored,
    tokens,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
