import type { Settings } from "../inputs.ts";
import type { Callback, Clock } from "../ports.ts";
import { hmacOf } from "../signature.ts";
import { type PostEnd, post } from "./post.ts";

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
      "x-agent-runner-delivery": id,
      "x-hub-signature-256": `sha256=${hmacOf(secret, content)}`,
    };
    for (let attempt = 1; ; attempt += 1) {
      const end = await post(url, headers, content, AbortSignal.timeout(timeoutMs));
      if (isTaken(end)) return;
      if (!mayPass(end) || attempt === TRIES)
        throw new Error(`${url.host} ${problemOf(end)} (try ${attempt} of ${TRIES})`);
      await clock.pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  };
  return { callback: { deliver } };
}

function isTaken(end: PostEnd): boolean {
  return end.kind === "answered" && end.status >= 200 && end.status < 300;
}

function mayPass(end: PostEnd): boolean {
  return end.kind === "lost" || end.status === 429 || end.status >= 500;
}

function problemOf(end: PostEnd): string {
  return end.kind === "lost" ? `gave no answer (${end.problem})` : `answered ${end.status}`;
}
