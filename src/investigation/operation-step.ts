import { readTarget } from "../authorise.ts";
import { TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import type { Checkout, Ports, Step, StepEnd } from "../ports.ts";
import type { RepositoryName, Run } from "../task.ts";
import type { InvestigationReport } from "./report.ts";

/** What the command of an operation is told of it. */
export type OperationFacts = Pick<
  InvestigationReport,
  "resource" | "action" | "trigger_source" | "trace_id" | "context"
>;

/** A fresh checkout of the repository whose workflow runs, at its base branch (default: the default branch). */
export async function openBase(
  ports: Pick<Ports, "target" | "git">,
  { base }: Pick<Settings, "base">,
  run: Run,
): Promise<Checkout> {
  const branch = base ?? (await readTarget(ports, homeOf(run))).defaultBranch;
  return await ports.git.checkout(cloneUrlOf(run), { base: branch, branch });
}

/** Git URL of the repository whose workflow runs, without credentials. */
export function cloneUrlOf(run: Run): string {
  return `${run.serverUrl}/${homeOf(run)}.git`;
}

/** An operation lives in the repository whose workflow runs. */
function homeOf({ repository }: Run): RepositoryName {
  if (repository) return repository;
  throw new TaskFailure("invalid-event", "Only a run of GitHub Actions can carry out an operation.");
}

/** The workflow's script; asked for before anything is begun. Throws `invalid-input`. */
export function commandOf({ command }: Pick<Settings, "command">): string {
  if (command !== null) return command;
  throw new TaskFailure("invalid-input", "An operation needs the input `command`: a shell script.");
}

/** Runs the workflow's `command` in the checkout; `title` is for the log. */
export async function runOperation(
  { steps, log }: Pick<Ports, "steps" | "log">,
  settings: Pick<Settings, "command" | "timeoutMinutes">,
  facts: OperationFacts,
  place: { title: string; directory: string } & Pick<Step, "resultVariable"> & Partial<Pick<Step, "files">>,
): Promise<StepEnd> {
  return await log.group(place.title, () =>
    steps.run({
      script: commandOf(settings),
      directory: place.directory,
      files: { AGENT_CONTEXT_FILE: `${JSON.stringify(facts.context, null, 2)}\n`, ...place.files },
      resultVariable: place.resultVariable,
      environment: {
        AGENT_RESOURCE: facts.resource,
        AGENT_ACTION: facts.action ?? "",
        AGENT_TRIGGER_SOURCE: facts.trigger_source,
        AGENT_TRACE_ID: facts.trace_id,
      },
      input: "",
      timeoutMs: settings.timeoutMinutes * 60_000,
    }),
  );
}
