import { Refusal } from "./answer.ts";
import type { Token } from "./model.ts";
import type { State } from "./state.ts";

const ANONYMOUS_LIMIT = { limit: 60, used: 0 };

/** Counts a call against its token; throws GitHub's 403 where none is left. */
export function countCall(state: State, token: Token | null): void {
  const { rate } = token ?? {};
  if (rate === undefined) return;
  if (state.milliseconds() >= rate.resetAt)
    Object.assign(rate, { used: 0, resetAt: state.milliseconds() + 3_600_000 });
  if (rate.used >= rate.limit) throw new Refusal(403, `API rate limit exceeded for ${token?.actor.login}.`);
  rate.used += 1;
}

/** The headers by which GitHub tells a token what it has left, and a classic one its scopes. */
export function rateHeaders(state: State, token: Token | null): Record<string, string> {
  const rate = token?.rate ?? { ...ANONYMOUS_LIMIT, resetAt: state.milliseconds() };
  return {
    "x-ratelimit-limit": String(rate.limit),
    "x-ratelimit-remaining": String(Math.max(rate.limit - rate.used, 0)),
    "x-ratelimit-used": String(rate.used),
    "x-ratelimit-reset": String(Math.floor(rate.resetAt / 1000)),
    "x-ratelimit-resource": "core",
    ...(token?.kind === "classic"
      ? {
          "x-oauth-scopes": (token.scopes ?? ["repo", "workflow"]).join(", "),
          "x-accepted-oauth-scopes": "repo",
        }
      : {}),
  };
}
