import type { RepositoryName } from "../task.ts";
import type { AppPermissions, AppTokens } from "./github/app-token.ts";

/**
 * Gives the token for a request to an address of GitHub's API or git server. Asked again with the token that was `refused`
 * there (401), it gives a newer one where it can make one, else the same.
 */
export type TokenSource = (url: URL, refused?: string) => Promise<string>;

/** The same token for every request. */
export function fixedToken(token: string): TokenSource {
  return async () => token;
}

/** A token of the App for exactly the repository that the address names. */
export function appToken(tokens: Pick<AppTokens, "tokenFor">, permissions: AppPermissions): TokenSource {
  return (url, refused) => tokens.tokenFor(repositoryIn(url), permissions, refused);
}

/** The repository of an API's or a git server's address; both encode its name in no way. */
export function repositoryIn({ pathname }: URL): RepositoryName {
  const name = /\/repos\/([^/]+\/[^/]+)/.exec(pathname) ?? /([^/]+\/[^/]+?)\.git$/.exec(pathname);
  if (!name?.[1])
    throw new Error(`The address ${pathname} names no repository, so no token can be made for it.`);
  return name[1];
}
