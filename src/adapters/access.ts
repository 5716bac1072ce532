import type { Settings } from "../inputs.ts";
import { type AppPermissions, type AppTokensOptions, createAppTokens } from "./github/app-token.ts";
import { appToken, fixedToken, type TokenSource } from "./token-source.ts";

/** With what a run shows itself to GitHub: on the dispatch repository, and on the target. */
export interface Access {
  dispatch: TokenSource;
  target: TokenSource;
  /** Whether both are the same token. */
  isOne: boolean;
  /** What the workflow handed over; no step may see any of it. */
  secrets: string[];
  /** Ends what was made for this run; only warns where it cannot. */
  close(): Promise<void>;
}

/** All that is done to a target. No `workflows`: an App may then never change a workflow, whatever the other limits say. */
const TARGET_PERMISSIONS: AppPermissions = { contents: "write", pull_requests: "write", metadata: "read" };

/**
 * `token` for the dispatch repository; for the target the App's tokens where there is an App, else `target-token`, else
 * `token`. Throws `invalid-input` for an App's key that cannot be read.
 */
export function openAccess(
  { token, targetToken, appId, appPrivateKey, taskSecret, callbackSecret }: Settings,
  api: Omit<AppTokensOptions, "appId" | "privateKey">,
): Access {
  const secrets = [token, targetToken, appPrivateKey, taskSecret, callbackSecret].filter(
    (secret) => secret !== null,
  );
  for (const secret of secrets) api.conceal(secret);
  const dispatch = fixedToken(token);
  if (appId === null || appPrivateKey === null) {
    const target = fixedToken(targetToken ?? token);
    return { dispatch, target, isOne: (targetToken ?? token) === token, secrets, close: async () => {} };
  }
  const tokens = createAppTokens({ ...api, appId, privateKey: appPrivateKey });
  const target = appToken(tokens, TARGET_PERMISSIONS);
  return { dispatch, target, isOne: false, secrets, close: tokens.revokeAll };
}
