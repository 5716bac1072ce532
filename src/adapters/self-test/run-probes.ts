import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TaskFailure } from "../../failure.ts";
import type { Steps } from "../../ports.ts";
import { type Held, PROBES, type ProbeName } from "../../self-test/probes.ts";
import type { Environment } from "../steps/environment.ts";
import { BATTERY, COMPLETE, type ProbeVariables } from "./script.ts";

const TIMEOUT_MS = 60_000;
// Many times as long as what outlives the step sleeps.
const OUTLIVE_MS = 2_000;
const FILE_COMMANDS = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"];

export interface ProbesOptions {
  steps: Steps;
  /** The action's own environment. */
  environment: Environment;
  /** The runner's; a file of the test lies in it. */
  temporaryFolder: string;
  /** For the step's checkout. */
  workFolder: string;
  /** Origin of the GitHub server. */
  serverUrl: string;
}

/** Lets a step try every probe. Throws where the battery did not run to its end, whatever held until then. */
export async function runProbes(options: ProbesOptions): Promise<Held> {
  const { temporaryFolder, workFolder, environment } = options;
  const id = randomUUID();
  const marks: Partial<Record<ProbeName, string>> = {
    "write-home": join(environment.HOME ?? "/root", `.agent-runner-mark-${id}`),
    "write-runner-temp": join(temporaryFolder, `mark-${id}`),
    "write-tmp": `/tmp/agent-runner-mark-${id}`,
  };
  const file = join(temporaryFolder, `canary-${id}`);
  await writeFile(file, "canary");
  const checkout = await realpath(await mkdtemp(join(workFolder, "self-test-")));
  const outlived = join(checkout, "outlived");
  try {
    const open = new Set(
      await runBattery(options, { checkout, file, outlived, marks: Object.values(marks) }),
    );
    await rm(outlived, { force: true });
    await pause(OUTLIVE_MS);
    if (existsSync(outlived)) open.add("outlive");
    for (const [name, mark] of Object.entries(marks)) if (existsSync(mark)) open.add(name);
    const held = Object.keys(PROBES).map((name) => [name, !open.has(name)]);
    return Object.fromEntries(held) as Held;
  } finally {
    for (const path of [file, checkout, ...Object.values(marks)])
      await rm(path, { recursive: true, force: true });
  }
}

interface Bait {
  checkout: string;
  file: string;
  outlived: string;
  marks: string[];
}

/** Gives the names of what went through, as far as the step itself can tell. */
async function runBattery({ steps, environment, serverUrl }: ProbesOptions, bait: Bait): Promise<string[]> {
  const { hostname, port, protocol } = new URL(serverUrl);
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const variables: ProbeVariables = {
    PROBE_PROGRAM: process.argv[1] ?? "",
    PROBE_FILE: bait.file,
    PROBE_FILE_COMMANDS: FILE_COMMANDS.map((name) => environment[name] ?? "/nowhere").join("\n"),
    PROBE_LOOPBACK_PORT: String((server.address() as AddressInfo).port),
    PROBE_SERVER_HOST: hostname,
    PROBE_SERVER_PORT: port || (protocol === "http:" ? "80" : "443"),
    PROBE_MARKS: bait.marks.join("\n"),
    PROBE_OUTLIVED: bait.outlived,
  };
  try {
    const { end, result } = await steps.run({
      ...{ script: BATTERY, directory: bait.checkout, files: {}, input: "", timeoutMs: TIMEOUT_MS },
      ...{ resultVariable: "AGENT_RESULT_FILE", environment: { ...variables } },
    });
    const lines = typeof result === "string" ? result.trim().split("\n") : [];
    if (lines.at(-1) === COMPLETE) return lines;
    throw new TaskFailure("step-failed", `The self-test did not run to its end (${JSON.stringify(end)}).`);
  } finally {
    server.close();
  }
}
