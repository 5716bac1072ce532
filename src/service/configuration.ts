import { TaskFailure } from "../failure.ts";
import { INPUTS, type InputName, readSettings, type Settings } from "../inputs.ts";
import type { RepositoryName } from "../task.ts";
import {
  ALIASES,
  type Given,
  INPUT_VARIABLES,
  readVariables,
  SECRET_VARIABLES,
  VARIABLES,
  type Values,
} from "./variables.ts";

/** All that is configured, read and checked at the start. */
export interface Configuration {
  credentials: { kind: "token"; token: string } | { kind: "app"; appId: string; privateKey: string };
  /** Of every task; its `token` is not one where an App is used. */
  settings: Settings;
  /** Everything that must not be seen by a step, or in a log. */
  secrets: string[];
  repositories: RepositoryName[];
  serverUrl: string;
  apiUrl: string;
  name: string;
  concurrency: number;
  taskMemoryMb: number;
  /** `null`: a folder below the system's temporary one. */
  workspace: string | null;
  /** 0: once, at the start. */
  pollIntervalMs: number;
  maxAttempts: number;
  retryMs: number;
  graceMs: number;
  leaseSeconds: number;
  pace: { perMinute: number; perHour: number };
  /** `null`: no webhook. */
  webhookSecret: string | null;
  /** `null`: the status page is served on loopback alone. */
  statusToken: string | null;
  host: string;
  port: number;
  /** `null`: the address that is listened on. */
  runUrlBase: string | null;
  log: { level: "debug" | "info" | "warn" | "error"; format: "json" | "pretty" };
}

/** Stands for the token where an App's tokens are used instead. */
const NO_TOKEN = "(the tokens of the App)";

/** Reads the configuration from variables. Throws `invalid-input` naming those that are unknown or do not fit, one a line. */
export function readConfiguration(environment: Given): Configuration {
  const given = resolveAliases(environment);
  const { values, misfits } = readVariables(given);
  const problems = [...unknownIn(given), ...misfits];
  if (problems.length > 0) throw new TaskFailure("invalid-input", problems.join("\n"));
  const credentials = credentialsOf(values);
  const readInput = (name: InputName) => {
    if (name === "token") return credentials.kind === "token" ? credentials.token : NO_TOKEN;
    if (name === "app-id") return values.GITHUB_APP_ID ?? "";
    if (name === "app-private-key") return values.GITHUB_APP_PRIVATE_KEY ?? "";
    return given[variableOf(name) ?? ""] ?? "";
  };
  const settings = namingVariables(() => readSettings(readInput));
  const serverUrl = values.GITHUB_SERVER_URL;
  return {
    credentials,
    settings,
    secrets: secretsOf(given),
    repositories: values.DISPATCH_REPO,
    serverUrl,
    apiUrl: values.GITHUB_API_URL ?? apiOf(serverUrl),
    name: values.AGENT_NAME,
    concurrency: values.AGENT_CONCURRENCY,
    taskMemoryMb: values.AGENT_TASK_MEMORY_MB,
    workspace: values.AGENT_WORKSPACE,
    pollIntervalMs: values.POLL_INTERVAL_SECONDS * 1000,
    maxAttempts: values.AGENT_MAX_ATTEMPTS,
    retryMs: values.AGENT_RETRY_SECONDS * 1000,
    graceMs: values.AGENT_GRACE_SECONDS * 1000,
    leaseSeconds: values.AGENT_LEASE_SECONDS,
    pace: { perMinute: values.AGENT_CONTENT_PER_MINUTE, perHour: values.AGENT_CONTENT_PER_HOUR },
    webhookSecret: values.AGENT_WEBHOOK_SECRET,
    statusToken: values.AGENT_STATUS_TOKEN,
    host: values.AGENT_HOST,
    port: values.AGENT_PORT,
    runUrlBase: values.AGENT_RUN_URL_BASE,
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
  };
}

function resolveAliases(environment: Given): Given {
  const given: Record<string, string | undefined> = { ...environment };
  for (const [alias, name] of Object.entries(ALIASES)) {
    const value = given[alias];
    if (!value) continue;
    if (given[name] && given[name] !== value) {
      throw new TaskFailure(
        "invalid-input",
        `\`${alias}\` and \`${name}\` mean the same and differ: set one of them.`,
      );
    }
    given[name] = value;
  }
  return given;
}

/** A name that is misspelt would else be a setting that is silently not in force. */
function unknownIn(given: Given): string[] {
  const isOurs = (name: string) => Object.hasOwn(VARIABLES, name) || INPUT_VARIABLES.has(name);
  return Object.keys(given)
    .filter((name) => name.startsWith("AGENT_") && !isOurs(name))
    .map(
      (name) => `\`${name}\` is no variable of agent-runner; \`docs/runner-variables.md\` lists them all.`,
    );
}

/** Failures name inputs as the Action does; here people have set variables. */
export function namingVariables<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof TaskFailure)) throw thrown;
    const named = [...INPUT_VARIABLES].filter(([, input]) => thrown.detail.includes(`\`${input}\``));
    const variables = named.map(([variable, input]) => `\`${input}\` is \`${variable}\``).join(", ");
    if (!variables) throw thrown;
    throw new TaskFailure(thrown.code, `${thrown.detail} Here, ${variables}.`, { cause: thrown });
  }
}

function variableOf(name: InputName): string | undefined {
  return [...INPUT_VARIABLES].find(([, input]) => input === name)?.[0];
}

function credentialsOf(values: Values): Configuration["credentials"] {
  const { GITHUB_TOKEN: token, GITHUB_APP_ID: appId, GITHUB_APP_PRIVATE_KEY: privateKey } = values;
  if (appId && privateKey && !token) return { kind: "app", appId, privateKey };
  if (token && !appId && !privateKey) return { kind: "token", token };
  throw new TaskFailure(
    "invalid-input",
    "Set either `GITHUB_TOKEN`, or both `GITHUB_APP_ID` and `GITHUB_APP_PRIVATE_KEY`.",
  );
}

function secretsOf(given: Given): string[] {
  const isSecret = (name: string) => {
    const input = INPUT_VARIABLES.get(name);
    return SECRET_VARIABLES.includes(name) || (input !== undefined && INPUTS[input].secret);
  };
  return Object.entries(given).flatMap(([name, value]) => (value && isSecret(name) ? [value] : []));
}

/** GitHub's own API has a host of its own; an enterprise server's is below its pages. */
function apiOf(serverUrl: string): string {
  return serverUrl === "https://github.com" ? "https://api.github.com" : `${serverUrl}/api/v3`;
}
