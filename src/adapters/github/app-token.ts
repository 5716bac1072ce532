import { z } from "zod";
import type { RepositoryName } from "../../task.ts";
import { createAppJwt, parsePrivateKey } from "./app-jwt.ts";
import { type Client, type ClientOptions, createClient } from "./client.ts";
import { failureOf } from "./refusal.ts";
import { ownerAndName } from "./repository-name.ts";

/** As the API spells them: `{ contents: "write", pull_requests: "write" }`. */
export type AppPermissions = Record<string, "read" | "write">;

export interface AppTokensOptions extends Omit<ClientOptions, "token"> {
  appId: string;
  privateKey: string;
  /** Told every secret that is used here, before it is used. */
  conceal(secret: string): void;
}

/** Tokens of a GitHub App, made as late as they are needed and as narrow as can be. */
export interface AppTokens {
  /**
   * A token for one repository, good for at least five minutes, and another one than `refused`. Throws `target-not-found`
   * where the App is not installed.
   */
  tokenFor(repository: RepositoryName, permissions: AppPermissions, refused?: string): Promise<string>;
  /** Ends all tokens that were made; only warns where it cannot. */
  revokeAll(): Promise<void>;
  /** The App's name in URLs; its account is `<slug>[bot]`. */
  slug(): Promise<string>;
}

interface InstallationToken {
  token: string;
  expiresAt: number;
}

const RENEW_MS = 5 * 60_000;

const tokenShape = z
  .object({ token: z.string().min(1), expires_at: z.string().transform((time) => Date.parse(time)) })
  .transform(({ token, expires_at }): InstallationToken => ({ token, expiresAt: expires_at }));

/** Throws `invalid-input` for a private key that cannot be read. */
export function createAppTokens(options: AppTokensOptions): AppTokens {
  const concealed = (secret: string) => {
    options.conceal(secret);
    return secret;
  };
  const key = parsePrivateKey(concealed(options.privateKey));
  concealed(key.export({ type: "pkcs1", format: "pem" }).toString());
  const app: Client = createClient({
    ...options,
    token: async () => concealed(createAppJwt(options.appId, key, app.now())),
  });
  const current = new Map<string, Promise<InstallationToken>>();
  let living: InstallationToken[] = [];

  async function mint(repository: RepositoryName, permissions: AppPermissions): Promise<InstallationToken> {
    const token = await mintToken(app, repository, permissions);
    options.conceal(token.token);
    const now = app.now().getTime();
    living = [...living.filter(({ expiresAt }) => expiresAt > now), token];
    return token;
  }

  async function tokenFor(
    repository: RepositoryName,
    permissions: AppPermissions,
    refused?: string,
  ): Promise<string> {
    const name = JSON.stringify([repository, Object.entries(permissions).sort()]);
    const known = current.get(name);
    if (known) {
      const { token, expiresAt } = await known;
      if (token !== refused && expiresAt - RENEW_MS > app.now().getTime()) return token;
    }
    // Callers that come together, also after an expiry, share one.
    let next = current.get(name);
    if (!next || next === known) {
      next = mint(repository, permissions);
      next.catch(() => current.delete(name));
      current.set(name, next);
    }
    return (await next).token;
  }

  return {
    tokenFor,
    async revokeAll() {
      await Promise.allSettled(current.values());
      current.clear();
      await Promise.all(living.splice(0).map(({ token }) => revoke(options, token)));
    },
    slug: () => readSlug(app),
  };
}

function readSlug(app: Client): Promise<string> {
  return app.call({
    what: "read the App's name",
    needs: "the App's own id and key",
    missing: "bad-credentials",
    route: "GET /app",
    shape: z.object({ slug: z.string() }).transform(({ slug }) => slug),
  });
}

async function revoke(options: AppTokensOptions, token: string): Promise<void> {
  const client = createClient({ ...options, token: async () => token });
  try {
    await client.call({
      what: "revoke a token of the App",
      needs: "the token itself",
      missing: "bad-credentials",
      route: "DELETE /installation/token",
      shape: z.never(),
      repeatable: true,
      // 401: it has expired, or an earlier try that got no answer ended it.
      also: { 204: () => undefined, 401: () => undefined },
    });
  } catch (thrown) {
    options.log.warning(`A token of the App lives on until it expires. ${thrown}`);
  }
}

async function mintToken(
  app: Client,
  repository: RepositoryName,
  permissions: AppPermissions,
): Promise<InstallationToken> {
  const { owner, repo } = ownerAndName(repository);
  const needs = Object.entries(permissions)
    .map(([name, level]) => `${name.replaceAll("_", "-")}: ${level}`)
    .join(", ");
  const installation = await app.call({
    what: `find the App's installation on ${repository}`,
    needs: "the App to be installed there",
    missing: "target-not-found",
    route: "GET /repos/{owner}/{repo}/installation",
    parameters: { owner, repo },
    shape: z.object({ id: z.number() }),
  });
  const mint = {
    what: `get a token of the App for ${repository}`,
    needs,
    missing: "target-not-found",
  } as const;
  return await app.call({
    ...mint,
    route: "POST /app/installations/{installation}/access_tokens",
    parameters: { installation: installation.id, repositories: [repo], permissions },
    shape: tokenShape,
    // A token whose answer was lost harms nobody: no one knows it, and it expires.
    repeatable: true,
    also: {
      // The installation was not granted what is asked for: the owner has to accept it.
      422: (answer) => {
        throw failureOf(mint, { ...answer, status: 403 });
      },
    },
  });
}
