import { type Answer, ok, Refusal } from "./answer.ts";
import type { Token } from "./model.ts";
import type { Witness } from "./witness.ts";

/** The one query that is understood, to the letter. */
const VIEWER = "query { viewer { login } }";
/** Limits of its own, which no call of the REST API uses up. */
const LIMITS = { "x-ratelimit-resource": "graphql", "x-ratelimit-remaining": "4999" };

/** Answers `POST /graphql`. Whose token it is GraphQL tells an app too, which `GET /user` does not. */
export function serveGraphql(token: Token | null, body: unknown, witness: Witness): Answer {
  if (token === null) throw new Refusal(401, "This endpoint requires you to be authenticated.");
  if (JSON.stringify(body) === JSON.stringify({ query: VIEWER }))
    return ok({ data: { viewer: { login: token.actor.login } } }, LIMITS);
  const message = `this is not the one query that is served, ${VIEWER}`;
  witness.note("POST", "/graphql", "request", [message]);
  return ok({ errors: [{ message }] });
}
