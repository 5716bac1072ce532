import type { Environment } from "../environment.ts";
import type { Machine } from "./isolation.ts";
import { refusal } from "./refusal.ts";
import type { TrustedCommands } from "./trusted-commands.ts";

/** A container engine's client that reaches its engine. */
export interface Engine {
  program: "docker" | "podman";
  /** What the client itself needs: where it finds its engine and its configuration. */
  environment: Record<string, string>;
  /** Options by which the step's files belong to us. */
  userOptions: string[];
}

const PROGRAMS = ["docker", "podman"] as const;
const OF_CLIENT = /^(?:PATH|HOME|XDG_RUNTIME_DIR|DOCKER_\w+|CONTAINER_HOST|CONTAINERS_\w+)$/;

/** docker where its engine answers, else podman. Throws `isolation-unavailable`. */
export async function findEngine(environment: Environment, commands: Machine["commands"]): Promise<Engine> {
  const ofClient = clientEnvironment(environment);
  const said: string[] = [];
  for (const program of PROGRAMS) {
    const { status, stderr } = await commands.run([program, "ps", "--quiet"], ofClient);
    if (status === 0) return { program, environment: ofClient, userOptions: userOptions(program) };
    if (status !== null) said.push(`${program}: ${stderr.trim()}`);
  }
  throw refusal(
    said.length > 0
      ? "No container engine answers."
      : "Isolation `container` needs docker or podman, and neither is on the runner's PATH.",
    "Start the engine and let the runner's user use it (`sudo systemctl start docker`, `sudo usermod -aG docker …`), or " +
      "install one: `sudo apt-get install -y podman`.",
    said.join("\n"),
  );
}

/** Pulls the image where it is not there yet. Throws `isolation-unavailable`. */
export async function ensureImage(
  { program, environment }: Engine,
  image: string,
  commands: TrustedCommands,
): Promise<void> {
  if ((await commands.run([program, "image", "inspect", image], environment)).status === 0) return;
  const { status, stderr } = await commands.run([program, "pull", "--quiet", image], environment);
  if (status === 0) return;
  throw refusal(
    `The image \`${image}\` (\`isolation-image\`) cannot be had.`,
    `Check its name, and log the runner in to its registry in a step before this one (\`${program} login\`).`,
    stderr,
  );
}

function clientEnvironment(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).filter(([name]) => OF_CLIENT.test(name));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function userOptions(program: Engine["program"]): string[] {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  const user = ["--user", `${uid}:${gid}`];
  // Without it, a rootless podman gives the step another user's files.
  return program === "podman" && uid !== 0 ? [...user, "--userns", "keep-id"] : user;
}
