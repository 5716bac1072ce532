import { createRedactor } from "../../redact.ts";
import { headlineOf } from "../../report/outcome.ts";
import { taskResultOf } from "../../report/task-result.ts";
import { type Configuration, readConfiguration } from "../../service/configuration.ts";
import { diagnose, renderFindings } from "../../service/doctor/doctor.ts";
import { createPoller } from "../../service/intake/poller.ts";
import { createMetrics } from "../../service/metrics/metrics.ts";
import type { Observe } from "../../service/observer.ts";
import { createEmbeddedQueue } from "../../service/queue/embedded.ts";
import type { Job } from "../../service/queue/queue.ts";
import { readIssueName, runIssue } from "../../service/run-issue.ts";
import { serve as serveTasks } from "../../service/serve.ts";
import { createStatus } from "../../service/status/status.ts";
import { systemClock } from "../clock.ts";
import { cancelledBySignal } from "../signals.ts";
import { listen } from "./http.ts";
import { createLogger } from "./logger.ts";
import { examineMachine, readProcess } from "./machine.ts";
import { readEnvironment } from "./variables.ts";
import { openWorkspace } from "./workspace.ts";
import { openWorld, type World } from "./world.ts";

/** What every command is given. */
export interface CommandOptions {
  /** Path of a file with variables. */
  config?: string;
  json?: boolean;
}

/** Writes a line for people or programs; the log goes to standard error where a command has an answer to give. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The service: runs until it is stopped by a signal. */
export async function serve(options: CommandOptions): Promise<number> {
  const configuration = configure(options);
  const status = createStatus(systemClock);
  const metrics = createMetrics({ clock: systemClock, readProcess }, configuration);
  const observe: Observe = (event) => {
    for (const watcher of [status, metrics]) watcher.observe(event);
  };
  const serveIn = async (world: World) => {
    const queue = createEmbeddedQueue(systemClock, {
      maxAttempts: configuration.maxAttempts,
      firstPauseMs: configuration.retryMs,
    });
    const http = { ...configuration, log: world.log, clock: systemClock, status, metrics };
    const needs = { ...world, clock: systemClock, queue, observe, listen: listen.bind(null, http) };
    await serveTasks(needs, configuration, cancelledBySignal());
    return 0;
  };
  return await withWorld(configuration, process.stdout, serveIn, observe);
}

/** One task, now. */
export async function run(options: CommandOptions & { issue: string }): Promise<number> {
  const name = readIssueName(options.issue);
  const configuration = configure(options);
  return await withWorld(configuration, process.stderr, async (world) => {
    const report = await runIssue(world, configuration, name, cancelledBySignal());
    print(options.json ? JSON.stringify(taskResultOf(report), null, 2) : headlineOf(report));
    return report.outcome.kind === "failed" || report.outcome.kind === "cancelled" ? 1 : 0;
  });
}

/** What is pending, in the order in which it would run. */
export async function list(options: CommandOptions): Promise<number> {
  const configuration = configure(options);
  return await withWorld(configuration, process.stderr, async (world) => {
    const needs = { ...world, clock: systemClock, queue: { add: async () => false }, isBusy: () => false };
    const poller = createPoller(needs, {
      ...configuration,
      runUrlBase: configuration.runUrlBase ?? `http://${configuration.host}:${configuration.port}`,
      intervalMs: 0,
    });
    const jobs = await poller.find();
    print(options.json ? JSON.stringify(jobs.map(describe), null, 2) : renderJobs(jobs));
    return 0;
  });
}

/** Everything that makes a first run fail, with its remedy. */
export async function doctor(options: CommandOptions & { target?: string[] }): Promise<number> {
  const configuration = configure(options);
  const { repositories, settings, taskMemoryMb } = configuration;
  const configured = settings.targetRepository ? [settings.targetRepository] : repositories;
  return await withWorld(configuration, process.stderr, async (world, folder) => {
    const examine = () => examineMachine(process.env, folder, taskMemoryMb);
    const needs = { ...world.inspectors(), examineMachine: examine };
    const findings = await diagnose(needs, configuration, options.target ?? configured);
    print(options.json ? JSON.stringify(findings, null, 2) : renderFindings(findings));
    return findings.some(({ level }) => level === "problem") ? 1 : 0;
  });
}

function describe({ priority, since, attempt, dispatch }: Job) {
  const { repository, issueNumber, sender } = dispatch;
  return { repository, issue_number: issueNumber, priority, since, attempt, asked_by: sender.login };
}

function renderJobs(jobs: Job[]): string {
  if (jobs.length === 0) return "Nothing is pending.";
  const rows = jobs.map(({ priority, since, dispatch }) =>
    [
      priority.padEnd(6),
      since,
      `${dispatch.repository}#${dispatch.issueNumber}`,
      `by ${dispatch.sender.login}`,
    ].join("  "),
  );
  return rows.join("\n");
}

function configure({ config }: CommandOptions): Configuration {
  return readConfiguration(readEnvironment(process.env, config));
}

/** Opens the world for a command and closes it behind it. */
export async function withWorld(
  configuration: Configuration,
  log: NodeJS.WriteStream,
  use: (world: World, folder: string) => Promise<number>,
  observe: Observe = () => {},
): Promise<number> {
  const redactor = createRedactor();
  const { level, format } = configuration.log;
  const logger = createLogger({
    ...{ level, format },
    fields: { name: configuration.name },
    write: (line) => log.write(line),
  });
  const workspace = await openWorkspace(configuration.workspace);
  try {
    const world = openWorld({
      configuration,
      logger,
      redactor,
      workspace,
      observe,
    });
    try {
      return await use(world, workspace.folder);
    } finally {
      await world.close();
    }
  } finally {
    await workspace.dispose();
  }
}
