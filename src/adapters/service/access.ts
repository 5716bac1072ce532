import type { Configuration } from "../../service/configuration.ts";
import { type Access, openAccess } from "../access.ts";
import { type AppPermissions, type AppTokensOptions, createAppTokens } from "../github/app-token.ts";
import { appToken } from "../token-source.ts";

/** All that is done to a dispatch repository. */
const DISPATCH_PERMISSIONS: AppPermissions = { issues: "write", metadata: "read" };

/** The service's credentials, for its whole life. An App serves the dispatch repositories as well as the targets. */
export function openServiceAccess(
  { credentials, settings }: Configuration,
  api: Omit<AppTokensOptions, "appId" | "privateKey">,
): Access {
  const access = openAccess(settings, api);
  if (credentials.kind === "token") return access;
  const tokens = createAppTokens({ ...api, ...credentials });
  return {
    ...access,
    dispatch: appToken(tokens, DISPATCH_PERMISSIONS),
    isOne: false,
    async close() {
      await Promise.all([tokens.revokeAll(), access.close()]);
    },
  };
}
