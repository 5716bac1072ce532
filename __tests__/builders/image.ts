import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { actionNode } from "../../loopback/runner.ts";
import { copiesOf, environmentOf, readDockerfile, usersOf } from "./dockerfile.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SYSTEM = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
const MOUNTED = ["usr", "proc", "dev", "tmp", "root", "etc"];
const HOME = "home/agent-runner";
const WORKSPACE = "var/lib/agent-runner";
/** What the base image sets. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Who the container's first process is: that user without any capability, or root with the named ones alone. */
export type Identity = { uid: number } | { capabilities: readonly string[] };

/** The image as near as a machine without an engine comes to it: its files, users, and a root that cannot be written. */
export interface Image {
  /** What the image sets in the environment. */
  environment: Record<string, string>;
  /** The command line that runs `command` in a new container, as its process 1; it ends with whoever started it. */
  containing(command: string[], identity: Identity): string[];
  dispose(): void;
}

/** Why this machine cannot play the image; `null` where it can. */
export function whyNoImage(): string | null {
  if (process.getuid?.() !== 0) return "it takes root, who can become another user";
  const probe = spawnSync("bwrap", ["--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"]);
  return probe.status === 0 ? null : "bwrap cannot make its namespaces";
}

/** Lays out what the Dockerfile makes; node comes from here, and the rest of the system from this machine's /usr. */
export function layOutImage(): Image {
  const dockerfile = readDockerfile();
  const users = usersOf(dockerfile);
  const folder = mkdtempSync(join(tmpdir(), "agent-runner-image-"));
  const root = join(folder, "root");
  for (const name of [...MOUNTED, HOME, WORKSPACE]) makeFolder(join(root, name), 0o755);
  makeFolder(join(root, "root"), 0o700);
  const lines = Object.entries({ root: 0, ...users }).map(
    ([name, uid]) => `${name}:x:${uid}:${uid}::/:/bin/sh`,
  );
  writeFileSync(join(root, "etc/passwd"), `${lines.join("\n")}\n`);
  for (const { mode, source, target } of copiesOf(dockerfile)) {
    makeFolder(join(root, dirname(target)), 0o755);
    cpSync(join(ROOT, source), join(root, target), { recursive: true });
    spawnSync("chmod", ["-R", mode.toString(8), join(root, target)]);
  }
  const uid = users["agent-runner"] ?? 0;
  const volumes = Object.entries({ [HOME]: 0o700, [WORKSPACE]: 0o711 }).flatMap(([name, mode]) => {
    const volume = join(folder, name);
    makeFolder(volume, mode);
    chownSync(volume, uid, uid);
    return ["--bind", volume, `/${name}`];
  });
  const mounts = ["--ro-bind", root, "/", ...systemMounts(root), ...volumes];
  return {
    environment: { PATH, ...environmentOf(dockerfile) },
    containing: (command, identity) => [
      "bwrap",
      ...mounts,
      ...CONTAINER,
      ...asIdentity(identity),
      ...command,
    ],
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const CONTAINER = [
  ...["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp", "--chdir", "/"],
  ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1", "--die-with-parent"],
];

function systemMounts(root: string): string[] {
  const outer = SYSTEM.flatMap((name) => {
    const found = lstatSync(`/${name}`, { throwIfNoEntry: false });
    if (!found) return [];
    if (found.isSymbolicLink()) {
      symlinkSync(readlinkSync(`/${name}`), join(root, name));
      return [];
    }
    makeFolder(join(root, name), 0o755);
    return ["--ro-bind", `/${name}`, `/${name}`];
  });
  const node = ["--tmpfs", "/usr/local", "--ro-bind", actionNode(), "/usr/local/bin/node"];
  return ["--ro-bind", "/usr", "/usr", ...node, "--remount-ro", "/usr/local", ...outer];
}

/** bwrap sees to it that nobody gains privileges. */
function asIdentity(identity: Identity): string[] {
  const has = (names: readonly string[]) => [
    ...["--cap-drop", "ALL"],
    ...names.flatMap((name) => ["--cap-add", `CAP_${name}`]),
  ];
  if ("capabilities" in identity) return [...has(identity.capabilities), "--"];
  const become = [`--reuid=${identity.uid}`, `--regid=${identity.uid}`, "--clear-groups"];
  // Whoever changes user loses the wish to die with its parent.
  return [
    ...has(["SETGID", "SETUID"]),
    "--",
    "setpriv",
    ...become,
    "--inh-caps=-all",
    "--pdeathsig=KILL",
    "--",
  ];
}

/** With exactly that mode, whatever the umask. */
function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}
