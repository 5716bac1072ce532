import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { HttpClient } from "@actions/http-client";

/** How a request ended; `lost`: no answer came, so that it may have been taken or not. */
export type PostEnd = { kind: "answered"; status: number } | { kind: "lost"; problem: string };

/** One POST of JSON; follows no redirect, and goes through the proxy that the environment names, as all else of the Action. */
export function post(
  url: URL,
  headers: Record<string, string>,
  content: Buffer,
  signal: AbortSignal,
): Promise<PostEnd> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const fail = ({ message }: Error) => resolve({ kind: "lost", problem: message });
    const agent = new HttpClient().getAgent(url.href);
    const all = {
      "content-type": "application/json",
      "content-length": content.length,
      "user-agent": "agent-runner",
      ...headers,
    };
    const request = send(url, { method: "POST", headers: all, agent, signal }, (response) => {
      // The body says nothing to us; it ends with the time limit if not before.
      response.on("error", () => {}).resume();
      resolve({ kind: "answered", status: response.statusCode ?? 0 });
    });
    request.on("error", fail).end(content);
  });
}
