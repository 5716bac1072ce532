import { createHash, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { acceptedPermissions, authorise, canSee } from "./access.ts";
import { type Answer, notFound, Refusal } from "./answer.ts";
import { presentedToken } from "./git-http.ts";
import { serveGraphql } from "./graphql.ts";
import { fullName, type Repository, type Token } from "./model.ts";
import { checkBody, checkParameters } from "./openapi.ts";
import { countCall, rateHeaders } from "./rate-limit.ts";
import type { Reply } from "./reply.ts";
import { type Match, matchRoute } from "./router.ts";
import { OPEN_ROUTES, REPOSITORY_ROUTES } from "./routes/index.ts";
import type { Call } from "./routes/route.ts";
import type { State } from "./state.ts";
import type { Witness } from "./witness.ts";

export interface ApiRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

/** The token of a request; a JSON web token is left to the routes of apps. */
function identify(
  state: State,
  headers: IncomingHttpHeaders,
): { token: Token | null; bearer: string | null } {
  const bearer = presentedToken(headers.authorization);
  // An installation's token may hold dots too, behind its `ghs_`.
  if (bearer === null || /^eyJ[^.]*\.[^.]*\.[^.]*$/.test(bearer)) return { token: null, bearer };
  const token = state.tokens.get(bearer);
  const expired = token?.expiresAt !== undefined && token.expiresAt.getTime() <= state.milliseconds();
  if (token === undefined || expired) throw new Refusal(401, "Bad credentials");
  return { token, bearer };
}

/** The repository in the path: present, renamed (then a redirect is thrown), or not for these eyes. */
function locate(state: State, token: Token | null, match: Match, request: ApiRequest): Repository {
  const name = `${match.params.owner}/${match.params.repo}`;
  const repository = state.resolveRepository(name);
  if (repository === undefined) throw notFound();
  if (state.findRepository(name) !== undefined) return repository;
  if (!canSee(state, token, repository)) throw notFound();
  const rest = request.url.pathname
    .split("/")
    .slice(4)
    .map((part) => `/${part}`)
    .join("");
  const location = `${state.url}/repositories/${repository.id}${rest}${request.url.search}`;
  const reads = request.method === "GET";
  throw new Refusal(
    reads ? 301 : 307,
    reads ? "Moved Permanently" : "Temporary Redirect",
    { url: location },
    { location },
  );
}

/** GitHub's `/repositories/ID/…` is another name for `/repos/OWNER/NAME/…`. */
function canonicalPath(state: State, path: string): string {
  const match = /^\/repositories\/(\d+)(\/.*)?$/.exec(path);
  const repository =
    match === null ? undefined : state.repositories.find(({ id }) => id === Number(match[1]));
  return repository === undefined ? path : `/repos/${fullName(repository)}${match?.[2] ?? ""}`;
}

function route(
  call: Call,
  match: Match,
  request: ApiRequest,
): { answer: () => Answer | Promise<Answer>; headers: object } {
  const own = REPOSITORY_ROUTES[match.operation];
  if (own === undefined) {
    const open = OPEN_ROUTES[match.operation];
    if (open === undefined) throw notFound();
    return { answer: () => open.handle(call), headers: {} };
  }
  const repository = locate(call.state, call.token, match, request);
  const writes = request.method !== "GET";
  // Apps speak for themselves, with a JSON web token, where a route asks for no permission.
  if (own.needs.length > 0)
    authorise(call.state, call.token, repository, { needs: own.needs, role: own.role, writes });
  return { answer: () => own.handle({ ...call, repository }), headers: acceptedPermissions(own.needs) };
}

async function serve(state: State, match: Match, request: ApiRequest, witness: Witness, caller: Caller) {
  const { token, bearer } = identify(state, request.headers);
  caller.token = token;
  if (request.headers["user-agent"] === undefined) {
    throw new Refusal(
      403,
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
    );
  }
  if (match.operation !== "GET /rate_limit") countCall(state, token);
  const body = parseBody(request.body);
  const { searchParams: query, pathname } = request.url;
  const call = { state, token, bearer, params: match.params, query, body: (body ?? {}) as Call["body"] };
  const { answer, headers } = route(call, match, request);
  witness.note(request.method, pathname, "request", checkParameters(match.operation, match.params, query));
  const { refused, unknown } = checkBody(match.operation, body);
  witness.note(request.method, pathname, "request", [...refused, ...unknown]);
  if (refused.length > 0) throw new Refusal(422, `Invalid request.\n\n${refused.join("\n")}`);
  const given = await answer();
  return { ...given, headers: { ...headers, ...given.headers } };
}

interface Caller {
  token: Token | null;
}

function notModified(request: ApiRequest, answer: Answer, etag: string, token: Token | null): boolean {
  if (request.method !== "GET" || answer.status !== 200 || request.headers["if-none-match"] !== etag)
    return false;
  // GitHub does not count a conditional request that has nothing new.
  if (token !== null && !request.url.pathname.startsWith("/rate_limit")) token.rate.used -= 1;
  return true;
}

/** Answers one request of GitHub's API, and notes what in it or in the answer is not as GitHub has it. */
export async function serveApi(state: State, request: ApiRequest, witness: Witness): Promise<Reply> {
  const { method, url } = request;
  const caller: Caller = { token: null };
  const match = matchRoute(method, canonicalPath(state, url.pathname));
  let answer: Answer;
  try {
    if (`${method} ${url.pathname}` === "POST /graphql") {
      caller.token = identify(state, request.headers).token;
      answer = serveGraphql(caller.token, parseBody(request.body), witness);
    } else if (match === null) {
      witness.unknownRoutes.push({ method, path: url.pathname });
      throw notFound();
    } else answer = await serve(state, match, request, witness, caller);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer = error.answer;
  }
  if (match !== null) witness.expect(method, url.pathname, match.operation, answer);
  return toReply(state, request, answer, caller.token);
}

function toReply(state: State, request: ApiRequest, answer: Answer, token: Token | null): Reply {
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
  const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
  const fresh = notModified(request, answer, etag, token);
  const headers = {
    ...(text === "" || fresh ? {} : { "content-type": "application/json; charset=utf-8" }),
    ...(request.method === "GET" && answer.status === 200 ? { etag } : {}),
    "cache-control": "private, max-age=60, s-maxage=60",
    vary: "Accept, Authorization, Cookie, X-GitHub-OTP",
    server: "github.com",
    "x-github-request-id": randomUUID(),
    "x-github-media-type": "github.v3; format=json",
    "x-github-api-version-selected": "2022-11-28",
    ...rateHeaders(state, token),
    ...answer.headers,
  };
  const body = fresh ? "" : text;
  const length = fresh || answer.status === 204 ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return { status: fresh ? 304 : answer.status, headers: { ...headers, ...length }, body };
}
