import { z } from "zod";
import { TaskFailure } from "./failure.ts";
import { inlineCode } from "./harmless.ts";
import { isRepositoryName } from "./identifiers.ts";
import { refuseConflicts } from "./input-conflicts.ts";
import { ISOLATION_LEVELS, NETWORKS } from "./isolation.ts";
import { DEFAULT_PROTECTED_PATHS } from "./policy/protected-paths.ts";
import type { Identity } from "./ports.ts";

/** How one input is read: its default as `action.yml` writes it, its parser, and what would fit, for the error. */
interface Input<T> {
  fallback: string;
  schema: z.ZodType<T, string>;
  fits: string;
  secret: boolean;
}

function input<T>(fallback: string, schema: z.ZodType<T, string>, fits: string): Input<T> {
  return { fallback, schema, fits, secret: false };
}

const text = z.string().trim();
const optionalText = text.transform((value) => value || null);
const script = z.string().transform((value) => (value.trim() ? value : null));
const flag = text
  .toLowerCase()
  .pipe(z.enum(["true", "false"]))
  .transform((value) => value === "true");
const list = z.string().transform((value) => splitList(value, /[,\n\r]/));
const globLines = z.string().transform((value) => splitList(value, /[\n\r]/));
const names = list.pipe(z.array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$/)));
const variables = list.pipe(z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)));
const count = text.regex(/^[1-9]\d{0,8}$/).transform(Number);
const optionalCount = z.union([z.literal("").transform(() => null), count]);
const minutes = text
  .regex(/^\d*\.?\d+$/)
  .transform(Number)
  .pipe(z.number().positive().max(1440));
const unixUser = z.union([z.literal("").transform(() => null), text.regex(/^[a-z_][a-z0-9_-]{0,31}$/)]);
const image = z.union([z.literal("").transform(() => null), text.regex(/^[A-Za-z0-9][\w./:@-]{0,254}$/)]);
const repository = text.refine(isRepositoryName);
const optionalRepository = z.union([z.literal("").transform(() => null), repository]);
const repositoryGlobs = list.pipe(z.array(z.string().regex(/^[A-Za-z0-9_*?-]+\/[A-Za-z0-9._*?-]+$/)));
const branch = text
  .regex(/^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s\p{Cc}~^:?*[\\]+(?<![/.])$/u)
  .refine((value) => value !== "@" && !value.startsWith("refs/"));
const optionalBranch = z.union([z.literal("").transform(() => null), branch]);
const appId = z.union([z.literal("").transform(() => null), text.regex(/^(?:[1-9]\d*|Iv[\w.]+)$/)]);
const optionalPath = z.union([
  z.literal("").transform(() => null),
  text.regex(/^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))[^\n\r\\]{1,200}(?<!\/)$/),
]);
/** `null` lets tasks run; any other text than `true` is the reason why none may. */
const switchedOff = text.transform((value) => {
  if (value.toLowerCase() === "false") return null;
  return value.toLowerCase() === "true" ? "" : value;
});
const callbackUrl = z.union([
  z.literal("").transform(() => null),
  text
    .pipe(z.url())
    .transform((value) => new URL(value))
    .refine(isCallbackUrl),
]);
const identity = text.regex(/^[^<>\n\r]*[^<>\s][^<>\n\r]*<[^<>\s]+>$/).transform((value): Identity => {
  const open = value.lastIndexOf("<");
  return { name: value.slice(0, open).trim(), email: value.slice(open + 1, -1) };
});

/** Who the commits are by unless the workflow says otherwise: GitHub's own account for Actions. */
const ACTIONS_BOT = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>";

const FLAG = "`true` or `false`";
const LOGINS = "exact login names, separated by commas or new lines (no `*`)";

/** Every input of the main action; `action.yml` and `docs/configuration.md` name the same, with the same defaults. */
export const INPUTS = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, as action.yml writes it.
  token: { ...input("${{ github.token }}", text.min(1), "a GitHub token"), secret: true },
  "target-token": { ...input("", optionalText, "a GitHub token"), secret: true },
  "app-id": input("", appId, "the id of a GitHub App, such as `123456`, or its client id"),
  "app-private-key": { ...input("", optionalText, "the App's private key (PEM)"), secret: true },
  "issue-number": input("", optionalCount, "the number of an issue, such as `12`"),
  "trigger-label": input("copilot-agent", text.min(1).max(50), "the name of a label, at most 50 characters"),
  "require-metadata": input("false", flag, FLAG),
  "target-repository": input("", optionalRepository, "`owner/name`"),
  "allowed-targets": input("", repositoryGlobs, "globs such as `owner/*`, separated by commas or new lines"),
  "allowed-actors": input("", names, LOGINS),
  "allowed-bots": input("", names, LOGINS),
  "policy-file": input("", optionalPath, "the path of a file, such as `.github/agent-runner.yml`"),
  "task-secret": { ...input("", optionalText, "the secret that tasks are signed with"), secret: true },
  disabled: input("false", switchedOff, "`true`, `false`, or the reason why it is switched off"),
  processor: input("", optionalText, "the name of a processor"),
  command: input("", script, "a shell script"),
  "timeout-minutes": input("30", minutes, "minutes above 0 and up to 1440, such as `30` or `0.5`"),
  "pass-env": input("", variables, "names of environment variables, separated by commas or new lines"),
  isolation: input(
    "none",
    text.pipe(z.enum(ISOLATION_LEVELS)),
    "`none`, `user`, `bubblewrap` or `container`",
  ),
  "isolation-user": input("", unixUser, "the name of a unix user of the runner, such as `agent`"),
  "isolation-image": input("", image, "a container image, such as `node:24`"),
  "isolation-network": input("none", text.pipe(z.enum(NETWORKS)), "`none` or `host`"),
  base: input("", optionalBranch, "the name of a branch, without `refs/heads/`"),
  branch: input("", optionalBranch, "the name of a branch, without `refs/heads/`"),
  "commit-message": input("", optionalText, "the commit's message"),
  author: input(ACTIONS_BOT, identity, "`Name <e-mail>`"),
  committer: input(ACTIONS_BOT, identity, "`Name <e-mail>`"),
  "sign-commits": input("false", flag, FLAG),
  "pr-title": input("", optionalText, "the pull request's title"),
  "pr-draft": input("false", flag, FLAG),
  "pr-labels": input("", list, "labels, separated by commas or new lines"),
  "pr-reviewers": input("", names, LOGINS),
  "pr-team-reviewers": input("", names, "team slugs, separated by commas or new lines"),
  "pr-assignees": input("", names, LOGINS),
  "protected-paths": input(DEFAULT_PROTECTED_PATHS, globLines, "one glob a line; `!` takes one out"),
  "on-protected": input("fail", text.pipe(z.enum(["fail", "draft", "allow"])), "`fail`, `draft` or `allow`"),
  "max-files": input("100", count, "a whole number from 1"),
  "max-patch-kb": input("4096", count, "a whole number of KiB from 1"),
  "status-comment": input("true", flag, FLAG),
  "state-labels": input("true", flag, FLAG),
  "dry-run": input("false", flag, FLAG),
  "callback-url": input("", callbackUrl, "an `https://` address without a user name"),
  "callback-secret": {
    ...input("", optionalText, "the secret that callbacks are signed with"),
    secret: true,
  },
} satisfies Record<string, Input<unknown>>;

type Inputs = typeof INPUTS;
export type InputName = keyof Inputs;
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The inputs as values, by camel-cased name: `allowed-targets` is `allowedTargets`. */
export type Settings = {
  [Name in InputName as CamelCase<Name>]: z.output<Inputs[Name]["schema"]>;
};

/**
 * Reads every input; an empty value means its default.
 * Throws `invalid-input` naming the input, the value (never a secret one) and what would fit, or inputs that exclude each other.
 */
export function readSettings(read: (name: InputName) => string): Settings {
  const entries = Object.entries(INPUTS).map(([name, definition]) => {
    const given = read(name as InputName);
    const value = given.trim() === "" && name !== "token" ? definition.fallback : given;
    const parsed = definition.schema.safeParse(value);
    if (parsed.success) return [camelCase(name), parsed.data];
    const problem = definition.secret ? "is missing" : `is ${inlineCode(value)}, which does not fit`;
    throw new TaskFailure("invalid-input", `The input \`${name}\` ${problem}. It takes ${definition.fits}.`);
  });
  const settings = Object.fromEntries(entries) as Settings;
  refuseConflicts(settings, (name) => !["", INPUTS[name].fallback].includes(read(name).trim()));
  return settings;
}

/** Unencrypted only to this machine itself, where nobody listens in. */
function isCallbackUrl({ protocol, hostname, username, password }: URL): boolean {
  const isLoopback = hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
  return !username && !password && (protocol === "https:" || (protocol === "http:" && isLoopback));
}

function splitList(value: string, separator: RegExp): string[] {
  return value
    .split(separator)
    .map((item) => item.trim())
    .filter(Boolean);
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
