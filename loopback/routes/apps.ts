import { createVerify, randomBytes } from "node:crypto";
import { created, noContent, notFound, ok, Refusal, unprocessable } from "../answer.ts";
import { type App, fullName, type Installation, type Permissions } from "../model.ts";
import { renderRepository } from "../render/repository.ts";
import { type Json, renderApp, renderUser } from "../render/user.ts";
import type { State } from "../state.ts";
import { type Call, type OpenRoutes, param, type RepositoryRoutes } from "./route.ts";

const HOUR = 3_600_000;
const LONGEST_JWT = 600;

interface Claims {
  iss: string | number;
  iat: number;
  exp: number;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    throw new Refusal(401, "A JSON web token could not be decoded");
  }
}

/** The app that signed the request's JSON web token; throws GitHub's 401 for a token that is wrong in any way. */
function authenticateApp({ state, bearer }: Call): App {
  const [head = "", payload = "", signature = ""] = (bearer ?? "").split(".");
  const { alg } = decode(head) as { alg?: string };
  const claims = decode(payload) as Claims;
  const app = state.apps.find(({ id }) => String(id) === String(claims.iss));
  if (app === undefined || alg !== "RS256") throw new Refusal(401, "A JSON web token could not be decoded");
  const verifier = createVerify("RSA-SHA256").update(`${head}.${payload}`);
  if (!verifier.verify(app.publicKey, Buffer.from(signature, "base64url"))) {
    throw new Refusal(401, "A JSON web token could not be decoded");
  }
  const now = Math.floor(state.milliseconds() / 1000);
  if (claims.iat > now + 1) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (claims.exp <= now) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (claims.exp > now + LONGEST_JWT)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  return app;
}

function renderInstallation(state: State, app: App, installation: Installation): Json {
  const account = state.user({ login: installation.account, type: "Organization" });
  return {
    id: installation.id,
    account: renderUser(state, account),
    repository_selection: "selected",
    access_tokens_url: `${state.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${state.url}/installation/repositories`,
    html_url: `${state.url}/organizations/${installation.account}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: app.permissions,
    events: [],
    created_at: "2024-01-01T00:00:00Z",
    updated_at: "2024-01-01T00:00:00Z",
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}

function narrowed(app: App, wanted: Permissions | undefined): Permissions {
  const rank = { read: 1, write: 2, admin: 3 };
  for (const [name, level] of Object.entries(wanted ?? {})) {
    const held = app.permissions[name];
    if (held === undefined || rank[held] < rank[level]) {
      throw unprocessable("The permissions requested are not granted to this installation.");
    }
  }
  return { metadata: "read", ...(wanted ?? app.permissions) };
}

function createToken(call: Call) {
  const { state, body } = call;
  const app = authenticateApp(call);
  const installation = app.installations.find(({ id }) => id === Number(param(call, "installation_id")));
  if (installation === undefined) throw notFound();
  const permissions = narrowed(app, body.permissions);
  const wanted = body.repositories as string[] | undefined;
  const names = (wanted ?? []).map((name) => `${installation.account}/${name}`.toLowerCase());
  const installed = installation.repositories.map((name) => state.repository(name));
  const chosen = wanted ? installed.filter((one) => names.includes(fullName(one).toLowerCase())) : installed;
  if (wanted && chosen.length < wanted.length) {
    throw unprocessable(
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const token = `ghs_${randomBytes(18).toString("hex")}`;
  const expiresAt = new Date(state.milliseconds() + HOUR);
  state.register({
    token,
    name: `${app.slug} installation ${installation.id}`,
    actor: { login: `${app.slug}[bot]`, type: "Bot" },
    kind: "installation",
    appSlug: app.slug,
    access: Object.fromEntries(chosen.map((one) => [fullName(one), permissions])),
    expiresAt,
  });
  return created({
    token,
    expires_at: `${expiresAt.toISOString().slice(0, 19)}Z`,
    permissions,
    repository_selection: "selected",
    ...(wanted ? { repositories: chosen.map((one) => renderRepository(state, one)) } : {}),
  });
}

export const appRoutes: OpenRoutes = {
  "GET /app": {
    handle: (call) => {
      const app = authenticateApp(call);
      return ok({ ...renderApp(call.state, app.slug), installations_count: app.installations.length });
    },
  },
  "POST /app/installations/{installation_id}/access_tokens": { handle: createToken },
  "DELETE /installation/token": {
    handle: ({ state, token }) => {
      if (token?.kind !== "installation") throw new Refusal(401, "Bad credentials");
      state.tokens.delete(token.token);
      return noContent();
    },
  },
};

export const installationRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/installation": {
    needs: [],
    handle: (call) => {
      const app = authenticateApp(call);
      const holds = ({ repositories }: Installation) =>
        repositories.some((name) => call.state.resolveRepository(name) === call.repository);
      const installation = app.installations.find(holds);
      if (installation === undefined) throw notFound();
      return ok(renderInstallation(call.state, app, installation));
    },
  },
};
