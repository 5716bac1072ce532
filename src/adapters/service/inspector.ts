import { z } from "zod";
import type { Creation, HookFacts, Inspector, TokenKind } from "../../service/doctor/facts.ts";
import type { RepositoryName } from "../../task.ts";
import type { Call, Client } from "../github/client.ts";
import { ownerAndName } from "../github/repository-name.ts";
import { actorShape } from "../github/shapes.ts";

const REPOSITORY = "/repos/{owner}/{repo}";
const MISSING = "target-not-found";

/** All that must be open to the token. */
const PROBES: Record<Creation, string[]> = {
  // Whoever may read a repository may open an issue in it, and pull-requests: write is enough for a label.
  issue: [`POST ${REPOSITORY}/issues`, `POST ${REPOSITORY}/labels`],
  "pull request": [`POST ${REPOSITORY}/pulls`],
  branch: [`POST ${REPOSITORY}/git/refs`],
};

const repositoryShape = z.object({
  full_name: z.string(),
  archived: z.boolean(),
  has_issues: z.boolean(),
  default_branch: z.string(),
});
const rateShape = z.object({
  resources: z.object({ core: z.object({ limit: z.number(), remaining: z.number(), reset: z.number() }) }),
});
const hooksShape = z.array(
  z
    .object({
      active: z.boolean(),
      events: z.array(z.string()),
      config: z.object({ url: z.string().catch("about:blank") }),
      last_response: z.object({ code: z.number().nullable() }).nullish(),
    })
    .transform(
      ({ active, events, config, last_response }): HookFacts => ({
        ...{ active, events, url: config.url },
        lastStatus: last_response?.code ?? null,
      }),
    ),
);
const environmentShape = z
  .object({ protection_rules: z.array(z.object({ type: z.string() })).catch([]) })
  .transform(({ protection_rules }) => protection_rules.some(({ type }) => type === "required_reviewers"));

/** Which kind of token it is, by its prefix; `app` is known only to whoever made the token. */
export function tokenKind(token: string): TokenKind {
  if (token.startsWith("ghp_")) return "classic";
  if (token.startsWith("github_pat_")) return "fine-grained";
  return token.startsWith("ghs_") ? "actions" : "other";
}

/** Reads the settings of repositories with one token. */
export function createInspector(client: Client, kind: TokenKind): Inspector {
  const ask = <T>(
    name: RepositoryName,
    call: Pick<Call<T>, "route" | "shape" | "also"> & { parameters?: object },
  ) =>
    client.call<T>({
      ...{ what: `read the settings of ${name}`, needs: "metadata: read", missing: MISSING },
      ...call,
      parameters: { ...ownerAndName(name), ...call.parameters },
    });
  const exists = (name: RepositoryName, route: string, parameters: object) =>
    ask<boolean>(name, {
      ...{ route, parameters },
      ...{ shape: z.object({}).transform(() => true), also: { 404: () => false } },
    });
  const hidden = { 403: () => null, 404: () => null };
  return {
    kind,
    ...readToken(client),
    async repository(name) {
      const found = await ask(name, {
        route: `GET ${REPOSITORY}`,
        shape: repositoryShape.nullable(),
        also: { 404: () => null },
      });
      if (!found) return null;
      const { full_name, archived, has_issues, default_branch } = found;
      return { name: full_name, archived, hasIssues: has_issues, defaultBranch: default_branch };
    },
    hasBranch: (name, branch) => exists(name, `GET ${REPOSITORY}/branches/{branch}`, { branch }),
    hasLabel: (name, label) => exists(name, `GET ${REPOSITORY}/labels/{label}`, { label }),
    async mayCreate(name, what) {
      const probe = (route: string) =>
        ask<boolean>(name, {
          ...{ route, shape: z.never() },
          also: { 422: () => true, 403: () => false, 404: () => false },
        });
      return (await Promise.all(PROBES[what].map(probe))).every(Boolean);
    },
    actionsMayCreatePullRequests: (name) =>
      ask<boolean | null>(name, {
        route: `GET ${REPOSITORY}/actions/permissions/workflow`,
        shape: z
          .object({ can_approve_pull_request_reviews: z.boolean() })
          .transform((found) => found.can_approve_pull_request_reviews),
        also: hidden,
      }),
    branchRules: (name, branch) =>
      ask<string[] | null>(name, {
        ...{ route: `GET ${REPOSITORY}/rules/branches/{branch}`, parameters: { branch } },
        shape: z.array(z.object({ type: z.string() }).transform(({ type }) => type)),
        also: hidden,
      }),
    environmentReviewers: (name, environment) =>
      ask<boolean | null>(name, {
        ...{ route: `GET ${REPOSITORY}/environments/{environment}`, parameters: { environment } },
        ...{ shape: environmentShape, also: hidden },
      }),
    hooks: (name) =>
      ask<HookFacts[] | null>(name, { route: `GET ${REPOSITORY}/hooks`, shape: hooksShape, also: hidden }),
  };
}

function readToken(client: Client): Pick<Inspector, "login" | "scopes" | "rateLimit"> {
  const about = { needs: "a token that GitHub accepts", missing: "bad-credentials" } as const;
  const rate = { ...about, what: "read the rate limit", route: "GET /rate_limit" };
  return {
    login: () =>
      client.call<string | null>({
        ...{ ...about, what: "read whose token it is", route: "GET /user" },
        shape: actorShape.transform(({ login }) => login),
        also: { 403: () => null, 404: () => null },
      }),
    scopes: () =>
      client.call<string[] | null>({
        ...{ ...rate, shape: z.never() },
        also: {
          200: ({ headers }) => {
            const scopes = headers["x-oauth-scopes"];
            return scopes === undefined ? null : String(scopes).split(/,\s*/).filter(Boolean);
          },
        },
      }),
    async rateLimit() {
      const { resources } = await client.call({ ...rate, shape: rateShape });
      const { limit, remaining, reset } = resources.core;
      return { limit, remaining, resetAt: reset * 1000 };
    },
  };
}
