import type { Configuration } from "../../service/configuration.ts";
import { type Access, openAccess } from "../access.ts";
import { type AppPermissions, type AppTokensOptions, createAppTokens } from "../github/app-token.ts";
import { appToken, type TokenSource } from "../token-source.ts";

/** All that is done to a dispatch repository. */
const DISPATCH_PERMISSIONS: AppPermissions = { issues: "write", metadata: "read" };

/** The service's credentials, for its whole life. An App serves the dispatch repositories as well as the targets. */
export function openServiceAccess(
  { credentials, settings, secrets, repositories, apiUrl }: Configuration,
  api: Omit<AppTokensOptions, "appId" | "privateKey">,
): Access {
  const opened = openAccess(settings, api);
  const access = { ...opened, secrets: [...new Set([...opened.secrets, ...secrets])] };
  if (credentials.kind === "token") return access;
  const tokens = createAppTokens({ ...api, ...credentials });
  const [first = ""] = repositories;
  const orFirst = (source: TokenSource) => withFallback(source, new URL(`${apiUrl}/repos/${first}`));
  return {
    ...access,
    dispatch: orFirst(appToken(tokens, DISPATCH_PERMISSIONS)),
    target: orFirst(access.target),
    isOne: false,
    async close() {
      await Promise.all([tokens.revokeAll(), access.close()]);
    },
  };
}

/** An App's token is one of a repository; addresses that name none (`/rate_limit`, `/user`) take that of another address. */
function withFallback(source: TokenSource, fallback: URL): TokenSource {
  return (url, refused) => source(/\/repos\/|\.git$/.test(url.pathname) ? url : fallback, refused);
}
