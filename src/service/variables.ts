import { z } from "zod";
import { INPUTS, type InputName } from "../inputs.ts";

/** One environment variable of the service: what it means, its default, and how it is read. */
export interface Variable<T> {
  about: string;
  fallback: string;
  schema: z.ZodType<T, string>;
  fits: string;
}

function variable<T>(
  about: string,
  fallback: string,
  schema: z.ZodType<T, string>,
  fits: string,
): Variable<T> {
  return { about, fallback, schema, fits };
}

const text = z.string().trim();
const optional = text.transform((value) => value || null);
const count = text.regex(/^[1-9]\d{0,6}$/).transform(Number);
const seconds = text
  .regex(/^\d*\.?\d+$/)
  .transform(Number)
  .pipe(z.number().max(86_400));
const repository = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/(?!\.{1,2}$)[A-Za-z0-9._-]+$/);
const repositories = z
  .string()
  .transform((value) => {
    const names = value.split(/[,\s]+/).filter(Boolean);
    return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
  })
  .pipe(z.array(repository).min(1));
const origin = text.pipe(z.url({ protocol: /^https?$/ })).transform((url) => url.replace(/\/+$/, ""));
const optionalOrigin = z.union([z.literal("").transform(() => null), origin]);
const optionalToken = z.union([z.literal("").transform(() => null), text.regex(/^[!-~]{16,}$/)]);
const port = text
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().max(65_535));

const COUNT = "a whole number from 1";
const SECONDS = "seconds, up to 86400; may be a fraction";

/** Every variable of the service that is no input of the action; `docs/runner-variables.md` is made of it. */
export const VARIABLES = {
  GITHUB_TOKEN: variable(
    "Token for the dispatch repositories, and for the targets unless `AGENT_TARGET_TOKEN` is set.",
    "",
    optional,
    "a GitHub token",
  ),
  GITHUB_APP_ID: variable(
    "Id of a GitHub App to use instead of `GITHUB_TOKEN`.",
    "",
    optional,
    "an App's id or client id",
  ),
  GITHUB_APP_PRIVATE_KEY: variable(
    "The App's private key (PEM).",
    "",
    optional,
    "the text of the `.pem` file",
  ),
  GITHUB_SERVER_URL: variable(
    "Origin of GitHub's pages and git.",
    "https://github.com",
    origin,
    "an address such as `https://github.example.com`",
  ),
  GITHUB_API_URL: variable(
    "Address of the API. Default is the server's own.",
    "",
    optionalOrigin,
    "an address such as `https://github.example.com/api/v3`",
  ),
  DISPATCH_REPO: variable(
    "Dispatch repositories, separated by commas or spaces.",
    "",
    repositories,
    "`owner/name`, one or several",
  ),
  POLL_INTERVAL_SECONDS: variable(
    "Time between two polls. `0` polls once, at the start.",
    "30",
    seconds,
    SECONDS,
  ),
  LOG_LEVEL: variable(
    "Least level that is logged.",
    "info",
    text.toLowerCase().pipe(z.enum(["debug", "info", "warn", "error"])),
    "`debug`, `info`, `warn` or `error`",
  ),
  LOG_FORMAT: variable(
    "`json` for machines, `pretty` for people.",
    "json",
    text.toLowerCase().pipe(z.enum(["json", "pretty"])),
    "`json` or `pretty`",
  ),
  AGENT_NAME: variable(
    "Name of this runner in its logs.",
    "agent-runner",
    text.regex(/^[\w.-]{1,64}$/),
    "up to 64 letters, digits, `.`, `_` and `-`",
  ),
  AGENT_CONCURRENCY: variable("Tasks that run at once.", "2", count, COUNT),
  AGENT_TASK_MEMORY_MB: variable(
    "MiB that must be free before a second task starts beside a running one.",
    "512",
    count,
    COUNT,
  ),
  AGENT_WORKSPACE: variable(
    "Folder for checkouts, for this process alone. Default is one below the system's temporary folder.",
    "",
    optional,
    "a path",
  ),
  AGENT_MAX_ATTEMPTS: variable("Tries of a task that fails in a way that may pass.", "3", count, COUNT),
  AGENT_RETRY_SECONDS: variable(
    "Pause before the second try; each further one is twice as long, up to a day.",
    "30",
    seconds,
    SECONDS,
  ),
  AGENT_GRACE_SECONDS: variable(
    "Time that running tasks get to end when the service is stopped.",
    "30",
    seconds,
    SECONDS,
  ),
  AGENT_LEASE_SECONDS: variable(
    "Time after which another runner takes over a task whose runner died.",
    "120",
    seconds.pipe(z.number().min(1)),
    "seconds from 1",
  ),
  AGENT_CONTENT_PER_MINUTE: variable("Content-creating calls a minute, over all tasks.", "80", count, COUNT),
  AGENT_CONTENT_PER_HOUR: variable("Content-creating calls an hour, over all tasks.", "500", count, COUNT),
  AGENT_WEBHOOK_SECRET: variable(
    "Secret of the webhook; without it none is served.",
    "",
    optional,
    "the webhook's secret",
  ),
  AGENT_HOST: variable("Address to listen on.", "127.0.0.1", text.min(1), "an address such as `0.0.0.0`"),
  AGENT_PORT: variable("Port to listen on; `0` for any free one.", "8080", port, "a port number"),
  AGENT_STATUS_TOKEN: variable(
    "Token for the status page and the metrics. Without one they are served on loopback alone.",
    "",
    optionalToken,
    "16 or more letters, digits and signs, without spaces",
  ),
  AGENT_RUN_URL_BASE: variable(
    "What the links to runs on issues begin with. Default is the address it listens on.",
    "",
    optionalOrigin,
    "an address",
  ),
} satisfies Record<string, Variable<unknown>>;

export const SECRET_VARIABLES: readonly string[] = [
  "GITHUB_TOKEN",
  "GITHUB_APP_PRIVATE_KEY",
  "AGENT_WEBHOOK_SECRET",
  "AGENT_STATUS_TOKEN",
];

/** Names that mean the same as a variable or input. */
export const ALIASES: Readonly<Record<string, string>> = {
  TARGET_REPO: "AGENT_TARGET_REPOSITORY",
  WEBHOOK_SECRET: "AGENT_WEBHOOK_SECRET",
  GITHUB_WEBHOOK_SECRET: "AGENT_WEBHOOK_SECRET",
};

/** Inputs of the action that mean nothing here, or have a variable of their own. */
const NOT_HERE: readonly string[] = [
  ...["token", "issue-number", "dry-run", "app-id", "app-private-key"],
  // Each run of a task has a trace and a trail file of its own.
  ...["trace-id", "audit-file"],
];

/** Variable → the action's input that it sets: `AGENT_TIMEOUT_MINUTES` → `timeout-minutes`. */
export const INPUT_VARIABLES: ReadonlyMap<string, InputName> = new Map(
  (Object.keys(INPUTS) as InputName[])
    .filter((name) => !NOT_HERE.includes(name))
    .map((name) => [`AGENT_${name.replaceAll("-", "_").toUpperCase()}`, name]),
);

export type Given = Readonly<Record<string, string | undefined>>;
export type Values = { [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]["schema"]> };

/** Reads every variable; an empty value means its default. What does not fit is told with the variable and what would fit. */
export function readVariables(given: Given): { values: Values; misfits: string[] } {
  const misfits: string[] = [];
  const entries = Object.entries(VARIABLES).map(([name, { fallback, schema, fits }]) => {
    const value = given[name]?.trim() ? given[name] : fallback;
    const parsed = schema.safeParse(value);
    if (parsed.success) return [name, parsed.data];
    const shown =
      value === "" ? "is missing" : `is ${JSON.stringify(value.slice(0, 200))}, which does not fit`;
    misfits.push(`\`${name}\` ${shown}. It takes ${fits}.`);
    return [name, null];
  });
  return { values: Object.fromEntries(entries) as Values, misfits };
}
