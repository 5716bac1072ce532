import { inaccessible, notFound, ok, Refusal } from "../answer.ts";
import { renderProfile } from "../render/user.ts";
import { type Call, type OpenRoutes, param } from "./route.ts";

function getViewer({ state, token }: Call) {
  if (token === null) throw new Refusal(401, "Requires authentication");
  if (token.kind === "installation" || token.kind === "actions") throw inaccessible(token.kind, {});
  const user = state.user(token.actor);
  return ok({
    ...renderProfile(state, user),
    private_gists: 0,
    total_private_repos: 0,
    owned_private_repos: 0,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
  });
}

function getRateLimit({ state, token }: Call) {
  const { limit, used, resetAt } = token?.rate ?? {
    limit: 60,
    used: 0,
    resetAt: state.milliseconds() + 3_600_000,
  };
  const reset = Math.floor(resetAt / 1000);
  const core = { limit, used, remaining: Math.max(limit - used, 0), reset };
  const search = { limit: 30, used: 0, remaining: 30, reset };
  return ok({ resources: { core, search }, rate: core });
}

export const userRoutes: OpenRoutes = {
  "GET /user": { handle: getViewer },
  "GET /users/{username}": {
    handle: (call) => {
      const user = call.state.findUser(param(call, "username"));
      if (user === undefined) throw notFound();
      return ok(renderProfile(call.state, user));
    },
  },
  "GET /rate_limit": { handle: getRateLimit },
  "GET /meta": {
    handle: () =>
      ok({ verifiable_password_authentication: false, hooks: ["127.0.0.0/8"], web: ["127.0.0.0/8"] }),
  },
};
