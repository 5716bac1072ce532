import { TaskFailure } from "../../failure.ts";

/** A process's environment; `undefined` is a variable that is not set. */
export type Environment = Record<string, string | undefined>;

/** What every step may see of the runner's own environment; besides it gets `CI=true` and a `TMPDIR` of its own. */
export const LISTED_VARIABLES: readonly string[] = [
  ...["PATH", "HOME", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "SHELL", "USER", "LOGNAME"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO"],
  ...["NODE_EXTRA_CA_CERTS", "RUNNER_OS", "RUNNER_ARCH", "RUNNER_TOOL_CACHE"],
];

/** What no step may see, even if `pass-env` names it: with these it could command the runner or read the action's inputs. */
const REFUSED_VARIABLES: readonly string[] = [
  ...["INPUT_*", "ACTIONS_*", "STATE_*", "AGENT_*"],
  ...["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"],
];

/**
 * The part of `parent` that a step gets: the listed variables and those named by `pass-env`. Throws `invalid-input` for a
 * name that is refused, or whose value holds one of `ownTokens`, the tokens that this run acts with.
 */
export function inheritedEnvironment(
  parent: Environment,
  passEnv: readonly string[],
  ownTokens: readonly string[],
): Record<string, string> {
  for (const name of passEnv) refuseLeak(name, parent[name], ownTokens);
  const isInherited = (name: string) => passEnv.includes(name) || matches(name, LISTED_VARIABLES);
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value !== undefined && isInherited(name)) inherited[name] = value;
  }
  return inherited;
}

function refuseLeak(name: string, value: string | undefined, ownTokens: readonly string[]): void {
  const fits = "Name variables of the job that the step needs, such as `ANTHROPIC_API_KEY`.";
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new TaskFailure(
      "invalid-input",
      `\`pass-env\`: ${JSON.stringify(name)} is not a variable's name. ${fits}`,
    );
  }
  if (matches(name, REFUSED_VARIABLES)) {
    throw new TaskFailure("invalid-input", `\`pass-env\`: \`${name}\` is never passed to a step. ${fits}`);
  }
  if (ownTokens.some((token) => token && value?.includes(token))) {
    throw new TaskFailure(
      "invalid-input",
      `\`pass-env\`: \`${name}\` holds a token that agent-runner itself acts with; a step never gets it. ${fits}`,
    );
  }
}

function matches(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}
