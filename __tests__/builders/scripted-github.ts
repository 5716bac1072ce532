import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** One answer of the script; a `body` that is no string is sent as JSON. */
export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** An answer, or a way not to answer: `truncated` sends half of the body, then drops the socket. */
export type Turn = ScriptedAnswer | "drop" | "hang" | "truncated" | ((request: Seen) => ScriptedAnswer);

/** A request as the server saw it. */
export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

export interface ScriptedGitHub {
  url: string;
  requests: Seen[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers one turn of the script after the other, and 418 after the last. */
async function startScriptedGitHub(...script: Turn[]): Promise<ScriptedGitHub> {
  const turns = [...script];
  const requests: Seen[] = [];
  const server = createServer(async (request, response) => {
    const seen = await see(request);
    requests.push(seen);
    const turn = turns.shift() ?? { status: 418, body: { message: "The script is over" } };
    play(typeof turn === "function" ? turn(seen) : turn, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => stop(server) };
}

/** Has the server for as long as `act` takes. */
export async function withScriptedGitHub<T>(
  script: Turn[],
  act: (server: ScriptedGitHub) => Promise<T>,
): Promise<T> {
  const server = await startScriptedGitHub(...script);
  try {
    return await act(server);
  } finally {
    await server.close();
  }
}

async function see(request: IncomingMessage): Promise<Seen> {
  const body = await text(request);
  const { method = "", url: path = "", headers } = request;
  return { method, path, headers, body: body ? JSON.parse(body) : null };
}

function play(turn: Exclude<Turn, (request: Seen) => ScriptedAnswer>, response: ServerResponse): void {
  if (turn === "hang") return;
  if (turn === "drop") {
    response.destroy();
    return;
  }
  if (turn === "truncated") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"number": 7, "title": "Add', () => response.destroy());
    return;
  }
  const { status, headers = {}, body = "" } = turn;
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
