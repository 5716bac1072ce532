import type { z } from "zod";
import { TaskFailure } from "../../failure.ts";
import { AnswerLost, type Clock } from "../../ports.ts";
import {
  type Answer,
  createExchange,
  type ExchangeOptions,
  type HeaderValue,
  NoAnswer,
  type Request,
} from "./exchange.ts";
import { createRateLimitGate, rateLimitWait } from "./rate-limit.ts";
import { type CallInWords, failureOf, requestId } from "./refusal.ts";

export interface ClientOptions extends ExchangeOptions {
  clock: Pick<Clock, "now" | "pause">;
  /** All that may be waited for rate limits, over the client's life. */
  budgetMs?: number;
}

/** One call of the REST API, and how its answers are to be read. */
export interface Call<T> extends CallInWords {
  /** `GET /repos/{owner}/{repo}`. */
  route: string;
  /** Those that the route does not name go into the query or the body. */
  parameters?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** What the body of a 2xx must hold; any other body is no answer. */
  shape: z.ZodType<T>;
  /** Statuses that are answers too; all others outside 2xx are failures. */
  also?: Record<number, (answer: Answer) => T>;
  /** Whether it may be sent again when its answer is lost; so it is with a `GET`. */
  repeatable?: boolean;
}

export interface Client {
  /** GitHub's clock, by its last answer; this machine's before the first. */
  now(): Date;
  /** Throws `TaskFailure`; `AnswerLost` where the call is not repeatable and nobody knows whether it took effect. */
  call<T>(call: Call<T>): Promise<T>;
  /** All pages of a list, or those up to the one that is the last wanted. */
  list<T>(call: Call<T[]>, isLast?: (page: T[]) => boolean): Promise<T[]>;
}

interface Reply<T> {
  value: T;
  nextPage: string | null;
}

const MAX_TRIES = 3;
const MAX_PAGES = 100;

/** GitHub's REST API with honest retries: reads again after any trouble, writes only where they were certainly not carried out. */
export function createClient(options: ClientOptions): Client {
  const { clock, log } = options;
  const exchange = createExchange(options);
  const gate = createRateLimitGate(clock, options.budgetMs ?? 120_000);
  let aheadMs = 0;

  /** An answer that is not about a rate limit. */
  async function send(request: Request): Promise<Answer> {
    for (;;) {
      await gate.pass();
      const answer = await exchange.send(request);
      const date = Date.parse(String(answer.headers.date));
      if (!Number.isNaN(date)) aheadMs = date - clock.now().getTime();
      const wait = rateLimitWait(answer, clock.now());
      if (wait === null) return answer;
      log.warning(`GitHub limits the rate of calls and asks to wait for ${Math.ceil(wait / 1000)} s.`);
      gate.shut(wait);
    }
  }

  async function perform<T>(call: Call<T>, request: Request): Promise<Reply<T>> {
    const repeatable = call.repeatable ?? request.method === "GET";
    for (let attempt = 1; ; attempt++) {
      try {
        return read(call, await send(request));
      } catch (thrown) {
        if (!(thrown instanceof NoAnswer)) throw thrown;
        const problem = `Could not ${call.what}: ${thrown.message}`;
        if (!repeatable) throw new AnswerLost(problem, { cause: thrown });
        if (attempt === MAX_TRIES) throw new TaskFailure("github-unavailable", problem, { cause: thrown });
        await clock.pause(backoffMs(attempt));
      }
    }
  }

  return {
    now: () => new Date(clock.now().getTime() + aheadMs),
    async call(call) {
      const { route, parameters = {}, headers = {} } = call;
      const reply = await perform(call, { ...exchange.request(route, parameters), headers });
      return reply.value;
    },
    async list<T>(call: Call<T[]>, isLast: (page: T[]) => boolean = () => false) {
      const items: T[] = [];
      let request = exchange.request(call.route, { per_page: 100, ...call.parameters });
      for (let page = 1; page <= MAX_PAGES; page++) {
        const { value, nextPage } = await perform(call, request);
        items.push(...value);
        if (!nextPage || isLast(value)) return items;
        request = { method: "GET", url: nextPage, asked: request.asked ?? request.url };
      }
      log.warning(`Could not ${call.what} to the end: it has more than ${MAX_PAGES} pages.`);
      return items;
    },
  };
}

/** Reads an answer; throws `NoAnswer` for one that does not tell what happened. */
function read<T>(call: Call<T>, answer: Answer): Reply<T> {
  const { status, headers, body } = answer;
  if (status >= 500) throw new NoAnswer(`GitHub answered ${status}.${requestId(answer)}`);
  const other = call.also?.[status];
  if (other) return { value: other(answer), nextPage: null };
  if (status < 200 || status > 299) throw failureOf(call, answer);
  const parsed = call.shape.safeParse(body);
  if (!parsed.success) {
    throw new NoAnswer(
      `GitHub answered ${status} with a body that cannot be read${whereIn(parsed.error)}.${requestId(answer)}`,
    );
  }
  return { value: parsed.data, nextPage: nextPageIn(headers.link) };
}

function whereIn(error: z.ZodError): string {
  const path = error.issues[0]?.path.join(".");
  return path ? ` (\`${path}\`)` : "";
}

/** The `rel="next"` of a `Link` header. */
function nextPageIn(link: HeaderValue): string | null {
  return /<([^<>]+)>;\s*rel="next"/.exec(String(link ?? ""))?.[1] ?? null;
}

/** A quarter of a second, then half of one, each spread by chance so that many runs do not come back together. */
function backoffMs(attempt: number): number {
  return 250 * 2 ** (attempt - 1) * (0.5 + Math.random());
}
