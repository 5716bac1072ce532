import { existsSync, lstatSync, readlinkSync } from "node:fs";
import type { Environment } from "../environment.ts";
import type { IsolatedStep } from "./isolation.ts";
import { holds, runnerPlaces } from "./runner-places.ts";

const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/** What programs look up, without passwords, keys and the machine's own services. */
const ETC = [
  ...["alternatives", "bash.bashrc", "ca-certificates", "ca-certificates.conf", "debian_version", "fonts"],
  ...[
    "gai.conf",
    "group",
    "host.conf",
    "hosts",
    "inputrc",
    "java-17-openjdk",
    "java-21-openjdk",
    "ld.so.cache",
  ],
  ...["ld.so.conf", "ld.so.conf.d", "localtime", "locale.alias", "lsb-release", "magic", "mime.types"],
  ...["nsswitch.conf", "os-release", "passwd", "perl", "pki", "profile", "profile.d", "protocols", "python3"],
  ...["resolv.conf", "services", "shells", "ssl/certs", "ssl/openssl.cnf", "terminfo", "timezone"],
].map((name) => `/etc/${name}`);
/** Where `/etc/resolv.conf` leads to under systemd. */
const RESOLVER = "/run/systemd/resolve";
/** The kernel's own settings: writable for root's user id, also without a capability and in a namespace. */
const KERNEL = ["sys", "fs", "acpi", "scsi", "mtrr", "pressure", "sysrq-trigger"].map(
  (name) => `/proc/${name}`,
);
const KERNEL_SECRETS = ["kcore", "keys", "kmsg", "timer_list", "sched_debug", "latency_stats"].map(
  (name) => `/proc/${name}`,
);
const CERTIFICATES = [
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO"],
  "NODE_EXTRA_CA_CERTS",
];

/** bwrap's arguments for what the step sees: later ones lie over earlier ones. */
export function sandboxMounts(step: IsolatedStep, environment: Environment): string[] {
  const places = runnerPlaces(environment);
  const readOnly = (paths: readonly string[]) => paths.flatMap((path) => ["--ro-bind-try", path, path]);
  return [
    ...SYSTEM.flatMap(systemMount),
    ...readOnly([...ETC, RESOLVER]),
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"],
    ...readOnly(KERNEL.filter(existsSync)),
    ...KERNEL_SECRETS.filter(existsSync).flatMap((path) => ["--ro-bind", "/dev/null", path]),
    // Where the runner lies below one of the above, it is covered; HOME is an empty one.
    ...places.flatMap((place) => ["--tmpfs", place]),
    ...readOnly(toolFolders(step.environment, places)),
    ...[step.directory, step.folder].flatMap((path) => ["--bind", path, path]),
    ...["--chdir", step.directory],
  ];
}

function systemMount(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return ["--symlink", readlinkSync(path), path];
  return found ? ["--ro-bind", path, path] : [];
}

/** The folders of PATH, the runner's tools and certificates, but none that would show a place of the runner's. */
function toolFolders(environment: Record<string, string>, places: readonly string[]): string[] {
  const named = [...(environment.PATH ?? "").split(":"), environment.RUNNER_TOOL_CACHE];
  const certificates = CERTIFICATES.map((name) => environment[name]);
  const paths = [...named, ...certificates].filter((path) => path?.startsWith("/")) as string[];
  const isSystem = (path: string) => SYSTEM.some((root) => holds(root, path));
  const shows = (path: string) => places.some((place) => holds(path, place));
  return [...new Set(paths)].filter(
    (path) => path !== "/" && !isSystem(path) && !shows(path) && existsSync(path),
  );
}
