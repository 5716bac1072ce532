import { getUserAgentWithOrchestrationId, GitHub as Octokit } from "@actions/github/lib/utils";
import { TaskFailure } from "../../failure.ts";
import type { Log } from "../../ports.ts";
import type { TokenSource } from "../token-source.ts";

/** One HTTP request, its URL absolute; `data` is sent as JSON. */
export interface Request {
  method: string;
  url: string;
  data?: unknown;
  headers?: Record<string, string>;
  /** Address whose token is to be used, where an answer's redirect or next page led elsewhere. */
  asked?: string;
}

/** What GitHub answered, whatever the status; a body that is no JSON is text, one that was cut is empty. */
export interface Answer {
  status: number;
  headers: Record<string, HeaderValue>;
  body: unknown;
}

export type HeaderValue = string | number | undefined;

/** The socket was refused or dropped, or nothing came in time. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export interface ExchangeOptions {
  /** `GITHUB_API_URL`: `https://api.github.com`, or `https://HOST/api/v3`. */
  baseUrl: string;
  token: TokenSource;
  log: Pick<Log, "debug" | "warning">;
  /** Hides this run's secrets in every text that is sent. */
  redact: (text: string) => string;
  userAgent?: string;
  /** For each request and its answer together. */
  callTimeoutMs?: number;
  /** Sees every answer, and `null` where none came, for those who count calls and watch the rate limit. */
  onAnswer?: (answer: Answer | null) => void;
}

export interface Exchange {
  /** Fills a route such as `GET /repos/{owner}/{repo}` in; parameters that it does not name go into the query or the body. */
  request(route: string, parameters: Record<string, unknown>): Request;
  /** Sends it once, following redirects on the same host; throws `NoAnswer`. */
  send(request: Request): Promise<Answer>;
}

const MAX_REDIRECTS = 3;
const API_VERSION = "2022-11-28";

/** HTTP with GitHub: octokit without its retries, with a deadline, and with redirects that keep method and body. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { baseUrl, log } = options;
  const origin = new URL(baseUrl).origin;
  const octokit = new Octokit({
    baseUrl: baseUrl.replace(/\/+$/, ""),
    userAgent: getUserAgentWithOrchestrationId(options.userAgent ?? "agent-runner") ?? "agent-runner",
    log: { debug: () => {}, info: () => {}, warn: log.warning, error: log.warning },
  });

  async function sendAuthorised(request: Request): Promise<Answer> {
    const asked = new URL(request.asked ?? request.url);
    const token = await options.token(asked);
    const answer = await sendOnce(request, token);
    if (answer.status !== 401) return answer;
    // Nothing was carried out: a token that has expired meanwhile is no reason to fail.
    const newer = await options.token(asked, token);
    return newer === token ? answer : await sendOnce(request, newer);
  }

  async function sendOnce({ method, url, data, headers }: Request, token: string): Promise<Answer> {
    const authorization = `Bearer ${token}`;
    try {
      const response = await octokit.request({
        method,
        url,
        ...(data === undefined ? {} : { data }),
        headers: { ...headers, authorization, "x-github-api-version": API_VERSION },
        // fetch itself would turn a POST into a GET where the answer is a 301 or 302.
        request: { redirect: "manual", signal: AbortSignal.timeout(options.callTimeoutMs ?? 15_000) },
      });
      return { status: response.status, headers: response.headers, body: response.data };
    } catch (thrown) {
      return answerIn(thrown);
    }
  }

  async function sendLogged(request: Request): Promise<Answer> {
    const { pathname, search } = new URL(request.url);
    const line = `${request.method} ${pathname}${search}`;
    const start = performance.now();
    const since = () => `${Math.round(performance.now() - start)} ms`;
    try {
      const answer = await sendAuthorised(request);
      options.onAnswer?.(answer);
      const remaining = answer.headers["x-ratelimit-remaining"] ?? "?";
      log.debug(`${line}: ${answer.status} in ${since()}, ${remaining} calls left`);
      return answer;
    } catch (thrown) {
      if (thrown instanceof NoAnswer) options.onAnswer?.(null);
      log.debug(`${line}: ${thrown instanceof Error ? thrown.message : thrown} It took ${since()}.`);
      throw thrown;
    }
  }

  async function send(request: Request): Promise<Answer> {
    let next = request;
    for (let hops = 0; ; hops++) {
      refuseOtherHost(next.url, origin);
      const answer = await sendLogged(next);
      const url = redirectOf(answer, next.url);
      if (!url || hops === MAX_REDIRECTS) return answer;
      next = { ...request, url, asked: request.asked ?? request.url };
    }
  }

  return {
    send,
    request(route, parameters) {
      const { method, url, body } = octokit.request.endpoint(route, parameters);
      return { method, url, ...(body === undefined ? {} : { data: redactTexts(body, options.redact) }) };
    },
  };
}

function redactTexts(data: unknown, redact: (text: string) => string): unknown {
  return JSON.parse(JSON.stringify(data), (_key, value) =>
    typeof value === "string" ? redact(value) : value,
  );
}

/** The answer that octokit throws for a status of 400 and more. */
function answerIn(thrown: unknown): Answer {
  // Not by `instanceof`: a second copy of octokit's error class may be installed beside this one.
  const response = thrown instanceof Error && "response" in thrown ? thrown.response : undefined;
  if (isResponse(response))
    return { status: response.status, headers: response.headers, body: response.data };
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  throw new NoAnswer(`No answer came (${reason}).`, { cause: thrown });
}

function isResponse(
  value: unknown,
): value is { status: number; headers: Record<string, string>; data: unknown } {
  return typeof value === "object" && value !== null && "status" in value && "headers" in value;
}

function redirectOf({ status, headers }: Answer, from: string): string | null {
  const { location } = headers;
  if (![301, 302, 307, 308].includes(status) || location === undefined) return null;
  return URL.canParse(String(location), from) ? new URL(String(location), from).href : null;
}

/** The token goes to the host it is for and to no other, whatever an answer says. */
function refuseOtherHost(url: string, origin: string): void {
  const other = new URL(url).origin;
  if (other === origin) return;
  throw new TaskFailure(
    "github-unavailable",
    `GitHub's API at \`${origin}\` points to another host, \`${other}\`, which does not get the token.`,
  );
}
