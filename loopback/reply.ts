import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Fault } from "./faults.ts";

/** Bytes for a client, at once or as they come. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer | Readable;
}

const SECONDARY_LIMIT =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. " +
  "If you reach out to GitHub Support for help, please include the request ID 0000:0000:0000000:0000000:00000000.";

function errorReply(status: number, message: string, headers: Record<string, string>): Reply {
  const documentation_url = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";
  const body = JSON.stringify({ message, documentation_url, status: String(status) });
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body };
}

/** What a fault answers instead of GitHub; `null` for faults of another nature. */
export function faultReply(fault: Fault): Reply | null {
  if (fault.kind === "redirect") {
    return errorReply(fault.status ?? 307, "Temporary Redirect", { location: fault.location });
  }
  if (fault.kind === "secondary-limit") {
    return errorReply(403, SECONDARY_LIMIT, { "retry-after": String(fault.retryAfter ?? 60) });
  }
  if (fault.kind !== "status") return null;
  return errorReply(fault.status, fault.message ?? "Server Error", fault.headers ?? {});
}

export async function readAll(body: Reply["body"]): Promise<Buffer> {
  if (!(body instanceof Readable)) return Buffer.from(body as string);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An answer that is not what it should be: the first half of it, and then something else. */
export async function malform(reply: Reply): Promise<Reply> {
  const whole = await readAll(reply.body);
  const body = Buffer.concat([whole.subarray(0, Math.ceil(whole.length / 2)), Buffer.from("<html>oops")]);
  return { status: 200, headers: { ...reply.headers, "content-length": String(body.length) }, body };
}

/** Sends the headers of a whole answer and half of its body, and ends the connection. */
export async function sendTruncated(response: ServerResponse, reply: Reply): Promise<void> {
  const whole = await readAll(reply.body);
  response.writeHead(reply.status, { ...reply.headers, "content-length": String(whole.length + 10) });
  await new Promise<void>((resolve) =>
    response.write(whole.subarray(0, Math.ceil(whole.length / 2)), () => resolve()),
  );
  response.socket?.end();
}

export async function send(response: ServerResponse, reply: Reply): Promise<void> {
  response.writeHead(reply.status, reply.headers);
  if (reply.body instanceof Readable) {
    // A client that goes away in the middle is no error of the server.
    await pipeline(reply.body, response).catch(() => undefined);
  } else {
    response.end(reply.body);
  }
}
