import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

/** What is answered; plain text unless the headers say otherwise. */
export interface Answer {
  status: number;
  text: string;
  headers?: OutgoingHttpHeaders;
}

/** For a body that was left unread: it would else stand before the next request of its connection, which a proxy may share out. */
export const UNREAD: OutgoingHttpHeaders = { connection: "close" };

/** Answers a request; `null` where it has taken the response over. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<Answer | null>;

/** `METHOD /path` → what answers it; a path that ends with `/*` stands for all that is one name longer. */
export type Routes = Record<string, Route>;

/** Finds the route; what there is not is an answer too. */
export async function answer(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | null> {
  const path = (request.url ?? "/").split("?")[0];
  const paths = [path, path?.replace(/[^/]+$/, "*")];
  for (const name of paths.map((each) => `${request.method} ${each}`)) {
    if (Object.hasOwn(routes, name)) return (await routes[name]?.(request, response)) ?? null;
  }
  const isKnown = Object.keys(routes).some((other) => paths.some((each) => other.endsWith(` ${each}`)));
  return isKnown ? { status: 405, text: "method not allowed\n" } : { status: 404, text: "not found\n" };
}

export function send(response: ServerResponse, { status, text, headers }: Answer): void {
  const defaults = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  response.writeHead(status, { ...defaults, ...headers }).end(text);
}

/** `null` where it is longer than that many bytes. */
export async function readBody(request: IncomingMessage, longest: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longest) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
