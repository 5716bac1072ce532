import { z } from "zod";
import {
  count,
  flag,
  type InputNameOf,
  type InputTable,
  input,
  names,
  optionalPath,
  optionalText,
  readInputs,
  text,
  type ValuesOf,
} from "../input-kinds.ts";
import { INPUTS, type InputName, readSettings, type Settings, TASK_INPUTS } from "../inputs.ts";
import { actionName, digest } from "./report.ts";

/** What set an investigation off, for its report; a task's own event is `issue`. */
const TRIGGER_SOURCES = ["manual", "alert", "schedule"] as const;

const nothing = z.literal("").transform(() => null);
const resource = z.union([nothing, text.min(1).max(1024)]);
const approvalResult = z.union([nothing, text.pipe(z.enum(["success", "failure", "cancelled", "skipped"]))]);
const wantedAction = input(
  "",
  z.union([nothing, text.pipe(actionName)]),
  "the name of an action, such as `restart_service`",
);
const RESOURCE = "the name of what is to be looked at, at most 1024 characters";
const POLICY_PATH = "the path of a file, such as `.github/operations.yml`";

/** More than anybody writes by hand, and less than what cannot be written out again. */
const MOST_LEVELS = 100;
const CONTEXT = `a JSON object of at most ${MOST_LEVELS} levels`;

/** A JSON object in as many characters as the inputs of a workflow have. */
const jsonObject = z
  .string()
  .max(65_535)
  .transform((value, context) => {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      context.addIssue("no JSON");
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.unknown()).refine((value) => hasLevels(value, MOST_LEVELS)));

/** Whether objects and lists stand in each other at most so deep. */
function hasLevels(value: unknown, most: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return most > 0 && Object.values(value).every((each) => hasLevels(each, most - 1));
}

/** Rows of the main action's table, in their order there: what a half takes as well means the same. */
function rows<Name extends InputName>(...wanted: Name[]): Pick<typeof INPUTS, Name> {
  return Object.fromEntries(wanted.map((name) => [name, INPUTS[name]])) as Pick<typeof INPUTS, Name>;
}

const TASK = rows(...TASK_INPUTS);
const STEP = rows(
  "command",
  "timeout-minutes",
  "pass-env",
  "isolation",
  "isolation-user",
  "isolation-image",
  "isolation-network",
);
const AUDIT = rows("trace-id", "audit-file", "audit-url", "audit-token", "audit-required");
const LIMITS = rows("protected-paths", "on-protected", "max-files", "max-patch-kb");

/** Every input of the investigating half; `investigate/action.yml` and `docs/configuration.md` name the same, with the same defaults. */
export const INVESTIGATE_INPUTS = {
  ...rows("token", "target-token"),
  ...TASK,
  ...rows("processor"),
  ...STEP,
  ...rows("base", "branch", "committer"),
  ...LIMITS,
  resource: input("", resource, RESOURCE),
  action: wantedAction,
  "action-context": input("{}", jsonObject, CONTEXT),
  "trigger-source": input(
    "",
    z.union([nothing, text.pipe(z.enum(TRIGGER_SOURCES))]),
    "`manual`, `alert` or `schedule`",
  ),
  "operations-policy": input("", optionalPath, POLICY_PATH),
  "expires-after-minutes": input("1440", count, "a whole number of minutes from 1"),
  ...AUDIT,
} satisfies InputTable;

/** Every input of the acting half; `act/action.yml` and `docs/configuration.md` name the same, with the same defaults. */
export const ACT_INPUTS = {
  ...rows("token", "target-token", "app-id", "app-private-key"),
  ...TASK,
  ...STEP,
  ...rows("base", "branch", "commit-message", "author", "committer", "sign-commits"),
  ...rows("pr-title", "pr-draft", "pr-labels", "pr-reviewers", "pr-team-reviewers", "pr-assignees"),
  ...LIMITS,
  ...rows("status-comment", "state-labels", "callback-url", "callback-secret"),
  resource: input("", resource, RESOURCE),
  action: wantedAction,
  // Not `{}`: that a workflow does not tell the context is not that there is none.
  "action-context": input("", z.union([nothing, jsonObject]), CONTEXT),
  "report-file": input("", optionalText, "the path of a file"),
  "patch-file": input("", optionalText, "the path of a file"),
  "report-digest": input(
    "",
    z.union([nothing, text.pipe(digest)]),
    "`sha256:` and 64 hex digits, as `investigate` gives them out",
  ),
  environment: input("agent-approval", text.min(1).max(255), "the name of an environment"),
  "approval-result": input("", approvalResult, "what the expression `needs.<job>.result` gives"),
  "allow-unprotected": input("false", flag, "`true` or `false`"),
  "allowed-approvers": input("", names, "exact login names, separated by commas or new lines (no `*`)"),
  "operations-policy": input("", optionalPath, POLICY_PATH),
  ...AUDIT,
} satisfies InputTable;

/** The values of the inputs that one half has for itself, and of those that it shares with the main action. */
export type InvestigateInputs = ValuesOf<typeof INVESTIGATE_INPUTS>;
export type ActInputs = ValuesOf<typeof ACT_INPUTS>;

/** A half's inputs, and what the main action's functions take of them: `Own` are its values. */
export interface HalfInputs<Own> {
  settings: Settings;
  inputs: Own;
}

/** Reads the inputs of a half; those of the main action that it does not have are at their defaults in `settings`. */
export function readHalf<Table extends InputTable>(
  table: Table,
  read: (name: InputNameOf<Table>) => string,
): HalfInputs<ValuesOf<Table>> {
  const settings = readSettings((name) => (Object.hasOwn(table, name) ? read(name) : ""));
  return { settings, inputs: readInputs(table, read) };
}
