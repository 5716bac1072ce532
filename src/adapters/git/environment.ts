import { accessSync, constants } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";

type Variables = Record<string, string>;

/** What git's HTTP client needs to know of the machine: proxies and certificates, nothing that could run or redirect. */
const INHERITED = [
  ...[
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
  ],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"],
];

/** Settings of every command; those of the command's environment overrule each configuration file. */
const SETTINGS: Variables = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.untrackedCache": "false",
  "core.splitIndex": "false",
  "index.version": "2",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.fileMode": "true",
  "core.symlinks": "true",
  "core.ignoreCase": "false",
  "core.precomposeUnicode": "false",
  "core.autocrlf": "false",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
  "credential.helper": "",
  "fetch.recurseSubmodules": "false",
  "push.recurseSubmodules": "no",
  "submodule.recurse": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "protocol.version": "2",
  "transfer.bundleURI": "false",
  // A redirect to another host would take the token along; renames are followed by the API, before git is asked.
  "http.followRedirects": "false",
  "http.lowSpeedLimit": "1",
  "http.lowSpeedTime": "60",
  "checkout.workers": "4",
  "advice.detachedHead": "false",
};

/** The absolute path of `git` on a search path; folders that are relative to wherever a process stands are passed over. */
export function locateGit(searchPath: string | undefined): string {
  for (const folder of (searchPath ?? "/usr/local/bin:/usr/bin:/bin").split(delimiter)) {
    const candidate = join(folder, "git");
    if (isAbsolute(folder) && isExecutable(candidate)) return candidate;
  }
  throw new Error("There is no git on the PATH.");
}

/** The environment of every git command, built from empty: `inherited` gives proxies and certificates, and no more. */
export function baseEnvironment(gitPath: string, inherited: NodeJS.ProcessEnv): Variables {
  const kept = INHERITED.flatMap((name) => {
    const value = inherited[name];
    return value ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(gitPath), "/usr/bin", "/bin"].join(delimiter),
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_PROTOCOL_FROM_USER: "0",
  };
}

/** The fixed settings and `more` as the variables that hand git its configuration without a file or an argument. */
export function configVariables(more: Variables = {}): Variables {
  const settings = Object.entries({ ...SETTINGS, ...more });
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
