import { z } from "zod";
import { refuseConflicts } from "./input-conflicts.ts";
import {
  appId,
  count,
  flag,
  globLines,
  type InputTable,
  identity,
  image,
  input,
  list,
  minutes,
  names,
  optionalBranch,
  optionalCount,
  optionalFile,
  optionalPath,
  optionalRepository,
  optionalText,
  optionalTraceId,
  readInputs,
  receiverUrl,
  repositoryGlobs,
  script,
  switchedOff,
  text,
  unixUser,
  type ValuesOf,
  variables,
} from "./input-kinds.ts";
import { ISOLATION_LEVELS, NETWORKS } from "./isolation.ts";
import { DEFAULT_PROTECTED_PATHS } from "./policy/protected-paths.ts";
import { chooseProcessor } from "./processors/registry.ts";

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
  branch: input(
    "",
    optionalBranch,
    "the name of a branch, without `refs/heads/`, in which `{task-id}` and `{issue}` may stand",
  ),
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
  "callback-url": input("", receiverUrl, "an `https://` address without a user name"),
  "callback-secret": {
    ...input("", optionalText, "the secret that callbacks are signed with"),
    secret: true,
  },
  "trace-id": input("", optionalTraceId, "at most 255 printable characters without a space, such as a UUID"),
  "audit-file": input("", optionalFile, "the path of a file that does not exist yet"),
  "audit-url": input("", receiverUrl, "an `https://` address without a user name"),
  "audit-token": { ...input("", optionalText, "the token that events are sent with"), secret: true },
  "audit-required": input("false", flag, FLAG),
} satisfies InputTable;

export type InputName = keyof typeof INPUTS;

/** The main action's inputs as values. */
export type Settings = ValuesOf<typeof INPUTS>;

/** The inputs that say which task is meant, and who may have it run. */
export const TASK_INPUTS = [
  "issue-number",
  "trigger-label",
  "require-metadata",
  "target-repository",
  "allowed-targets",
  "allowed-actors",
  "allowed-bots",
  "policy-file",
  "task-secret",
  "disabled",
] as const satisfies InputName[];

/** What it takes to tell an issue that its run cannot begin. */
const NEEDED_TO_TELL: ReadonlySet<InputName> = new Set([
  "token",
  ...TASK_INPUTS,
  "status-comment",
  "state-labels",
  "dry-run",
  "callback-url",
  "callback-secret",
]);

/** Reads the inputs that a refusal is told by, and leaves the others, of which one is wrong, at their defaults. */
export function readTellingSettings(read: (name: InputName) => string): Settings {
  return readSettings((name) => (NEEDED_TO_TELL.has(name) ? read(name) : ""));
}

/** Reads every input; throws `invalid-input`, also for inputs that exclude or need each other, and `processor-not-found`. */
export function readSettings(read: (name: InputName) => string): Settings {
  const settings = readInputs(INPUTS, read);
  chooseProcessor(settings);
  refuseConflicts(settings, (name) => !["", INPUTS[name].fallback].includes(read(name).trim()));
  return settings;
}
