import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { type ActionEnd, type ActionRun, runAction } from "../../loopback/runner.ts";
import { REPOSITORY } from "./job.ts";
import { fillIn, holds, type Moment } from "./workflow-expressions.ts";
import { type JobOfFile, ownAction, readWorkflowFile, type StepOfFile } from "./workflow-file.ts";

export const RUN_ID = 1001;

export interface WorkflowRunOptions {
  github: LoopbackGitHub;
  /** The text of the workflow's file. */
  file: string;
  event: ActionRun["event"];
  /** Default `RUN_ID`. */
  runId?: number;
  /** Whose workflow runs; default `REPOSITORY`. */
  repository?: string;
  /** More of the runner's environment. */
  environment?: Record<string, string>;
  inputs?: Record<string, string>;
  secrets?: Record<string, string>;
  /** What a person changes who copies the file: inputs of our actions, by the action. */
  changes?: Record<string, Record<string, string>>;
  /** Called when a job waits at an environment; default: everybody approves. */
  review?: (environment: string) => "approved" | "rejected";
  /** Called before a job begins. */
  onJob?: (job: string, artifacts: Artifacts) => void | Promise<void>;
}

/** Name → its files. */
export type Artifacts = Map<string, Map<string, Buffer>>;

export interface JobRan {
  result: "success" | "failure" | "skipped";
  outputs: Record<string, string>;
  /** Ends of the steps that use our actions. */
  ends: ActionEnd[];
}

/** Runs a workflow's jobs one after the other, as GitHub would: its conditions, permissions, environments and artifacts. */
export async function runWorkflowFile(
  options: WorkflowRunOptions,
): Promise<{ jobs: Record<string, JobRan>; artifacts: Artifacts }> {
  const { env, jobs } = readWorkflowFile(options.file);
  const ran: Record<string, JobRan> = {};
  const artifacts: Artifacts = new Map();
  const { event, inputs = {}, secrets = {} } = options;
  const github = { event_name: event.name, event: event.payload, run_id: String(options.runId ?? RUN_ID) };
  const contexts = { github, inputs, secrets, vars: {} };
  const filled = fillAll(env, { contexts });
  for (const [name, job] of Object.entries(jobs)) {
    const needs = Object.fromEntries(
      job.needs.map((id) => [id, { result: ran[id]?.result, outputs: ran[id]?.outputs }]),
    );
    const succeeded = job.needs.every((id) => ran[id]?.result === "success");
    const moment = { contexts: { ...contexts, needs, env: filled }, succeeded };
    ran[name] = holds(job.if, moment)
      ? await runJob(name, job, moment, options, artifacts)
      : { result: "skipped", outputs: {}, ends: [] };
  }
  return { jobs: ran, artifacts };
}

async function runJob(
  name: string,
  job: JobOfFile,
  moment: Moment,
  options: WorkflowRunOptions,
  artifacts: Artifacts,
): Promise<JobRan> {
  const environment = job.environment && fillIn(job.environment, moment);
  if (environment && (options.review?.(environment) ?? "approved") === "rejected")
    return { result: "failure", outputs: {}, ends: [] };
  await options.onJob?.(name, artifacts);
  const folder = mkdtempSync(join(tmpdir(), "workflow-job-"));
  const runner = { temp: join(folder, "temp") };
  mkdirSync(runner.temp);
  const place = { folder, token: registerToken(name, job, options), artifacts };
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  const ends: ActionEnd[] = [];
  let succeeded = true;
  try {
    for (const step of job.steps) {
      const now = { contexts: { ...moment.contexts, steps, runner }, succeeded };
      if (!holds(step.if, now)) continue;
      const ended = await runStep(step, now, options, place);
      if (ended.end) ends.push(ended.end);
      if (step.id) steps[step.id] = { outputs: ended.end?.outputs ?? {} };
      if (!ended.ok && !step["continue-on-error"]) succeeded = false;
    }
    const outputs = fillAll(job.outputs, { contexts: { ...moment.contexts, steps } });
    return { result: succeeded ? "success" : "failure", outputs, ends };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  folder: string;
  token: string;
  artifacts: Artifacts;
}

async function runStep(
  step: StepOfFile,
  moment: Moment,
  options: WorkflowRunOptions,
  { folder, token, artifacts }: Place,
): Promise<{ ok: boolean; end?: ActionEnd }> {
  const action = ownAction(step);
  const inputs = fillAll(step.with, moment);
  const environment = { ...options.environment, ...fillAll(step.env, moment) };
  if (action !== null) {
    const { github, event, changes = {}, repository = REPOSITORY } = options;
    const given = { token, ...inputs, ...changes[action] };
    const end = await runAction({
      ...{ action, serverUrl: github.url, repository, event, inputs: given, folder, environment },
      runId: String(options.runId ?? RUN_ID),
    });
    return { ok: end.exitCode === 0, end };
  }
  if (step.uses?.startsWith("actions/upload-artifact@")) return upload(inputs, artifacts);
  if (step.uses?.startsWith("actions/download-artifact@")) return download(inputs, artifacts);
  if (step.uses || step.run === undefined) throw new Error(`Nobody knows how to run ${step.name}.`);
  const summary = join(folder, "summary");
  const { PATH = "" } = process.env;
  const { status } = spawnSync("bash", ["-e", "-c", step.run], {
    env: {
      PATH,
      ...fillAll((moment.contexts.env ?? {}) as object, moment),
      ...environment,
      GITHUB_STEP_SUMMARY: summary,
    },
  });
  return { ok: status === 0 };
}

/** Paths are files, or one pattern that ends in `*` and a star below: then the folders are kept. */
function upload({ name = "", path = "" }: Record<string, string>, artifacts: Artifacts): { ok: boolean } {
  const files = new Map<string, Buffer>();
  for (const line of path.split("\n").filter(Boolean)) {
    const [, root = "", prefix = ""] = /^(.*\/)([^/]*)\*\/\*$/.exec(line) ?? [];
    if (root && existsSync(root)) {
      for (const folder of readdirSync(root).filter((each) => each.startsWith(prefix)))
        for (const file of readdirSync(join(root, folder)))
          files.set(join(folder, file), readFileSync(join(root, folder, file)));
    } else if (existsSync(line)) files.set(basename(line), readFileSync(line));
  }
  if (files.size > 0) artifacts.set(name, files);
  return { ok: true };
}

function download({ name, path = "" }: Record<string, string>, artifacts: Artifacts): { ok: boolean } {
  const wanted = [...artifacts].filter(([each]) => name === undefined || each === name);
  for (const [artifact, files] of wanted) {
    for (const [file, content] of files) {
      const to = join(path, name === undefined ? artifact : "", file);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, content);
    }
  }
  return { ok: name === undefined || wanted.length > 0 };
}

/** The job's own `GITHUB_TOKEN`: it may do what its `permissions` say, and no more. */
function registerToken(name: string, { permissions = {} }: JobOfFile, options: WorkflowRunOptions): string {
  const { github, repository = REPOSITORY } = options;
  const token = `ghs_${name.padEnd(36, "0")}`;
  const access = Object.entries(permissions).map(([key, level]) => [key.replaceAll("-", "_"), level]);
  github.registerToken({
    token,
    kind: "actions",
    actor: { login: "github-actions[bot]", type: "Bot" },
    access: { [repository]: { metadata: "read", ...Object.fromEntries(access) } },
  });
  return token;
}

function fillAll(texts: object, moment: Moment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, fillIn(String(text), moment)]),
  );
}
