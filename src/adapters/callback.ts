import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { HttpClient } from "@actions/http-client";
import type { Settings } from "../inputs.ts";
import type { Callback, Clock } from "../ports.ts";
import { hmacOf } from "../signature.ts";

const TRIES = 4;
const FIRST_PAUSE_MS = 1000;
const TIMEOUT_MS = 10_000;

export interface CallbackOptions {
  clock: Pick<Clock, "pause">;
  /** Hides this run's secrets in what is sent. */
  redact: (text: string) => string;
  timeoutMs?: number;
}

/** Posts to the address that the workflow names, and follows no redirect from there; nothing where it names none. */
export function openCallback(
  { callbackUrl: url, callbackSecret: secret }: Pick<Settings, "callbackUrl" | "callbackSecret">,
  { clock, redact, timeoutMs = TIMEOUT_MS }: CallbackOptions,
): { callback?: Callback } {
  if (url === null || secret === null) return {};
  const deliver: Callback["deliver"] = async ({ id, body }) => {
    const content = Buffer.from(redact(body));
    const headers = {
      "content-type": "application/json",
      "content-length": content.length,
      "user-agent": "agent-runner",
      "x-agent-runner-delivery": id,
      "x-hub-signature-256": `sha256=${hmacOf(secret, content)}`,
    };
    for (let attempt = 1; ; attempt += 1) {
      const end = await post(url, headers, content, timeoutMs);
      if (end.kind === "taken") return;
      if (!end.mayPass || attempt === TRIES)
        throw new Error(`${url.host} ${end.problem} (try ${attempt} of ${TRIES})`);
      await clock.pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  };
  return { callback: { deliver } };
}

type End = { kind: "taken" } | { kind: "refused"; problem: string; mayPass: boolean };

/** One request and its answer's status; through the proxy that the environment names, as all else of the Action. */
function post(
  url: URL,
  headers: Record<string, string | number>,
  content: Buffer,
  timeoutMs: number,
): Promise<End> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const fail = ({ message }: Error) =>
      resolve({ kind: "refused", problem: `gave no answer (${message})`, mayPass: true });
    const signal = AbortSignal.timeout(timeoutMs);
    const agent = new HttpClient().getAgent(url.href);
    const request = send(url, { method: "POST", headers, agent, signal }, (response) => {
      // The body says nothing to us; it ends with the time limit if not before.
      response.on("error", () => {}).resume();
      resolve(endOf(response.statusCode ?? 0));
    });
    request.on("error", fail).end(content);
  });
}

function endOf(status: number): End {
  if (status >= 200 && status < 300) return { kind: "taken" };
  return { kind: "refused", problem: `answered ${status}`, mayPass: status === 429 || status >= 500 };
}
