import { asFailure, TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import type { ProposedAction } from "../policy/judge-action.ts";
import type { Checkout, Ports, StepEnd } from "../ports.ts";
import { failedEnd } from "../processors/command.ts";
import { ACTION_DETAILS, type ActionDetails } from "./action-result.ts";
import { parseLeftFile } from "./findings.ts";
import { runOperation } from "./operation-step.ts";
import { renderReport } from "./report.ts";

/** A command that was run: what it did, by its own word, and why it counts as failed. */
export interface CarriedOut {
  /** How long it ran, in milliseconds. */
  latencyMs: number;
  details: ActionDetails;
  /** For people (Markdown). */
  notes: string[];
  failure: TaskFailure | null;
}

/** Runs the command of the approved action, with the approved report to read. Throws where it could not even begin. */
export async function carryOutAction(
  ports: Pick<Ports, "steps" | "log" | "clock">,
  settings: Settings,
  report: ProposedAction,
  { path }: Checkout,
): Promise<CarriedOut> {
  const began = ports.clock.now().getTime();
  const ended = await runOperation(ports, settings, report, {
    title: `Action ${report.action}`,
    directory: path,
    files: { AGENT_REPORT_FILE: new TextDecoder().decode(renderReport(report)) },
    resultVariable: "AGENT_RESULT_FILE",
  });
  const latencyMs = Math.max(0, ports.clock.now().getTime() - began);
  const failure = failedEnd(ended, settings.timeoutMinutes);
  return {
    latencyMs,
    ...readDetails(report, ended.result),
    failure: failure && asActionFailure(failure),
  };
}

/**
 * What the command says that it did, with what it left out filled in. What cannot be read changes nothing about what was done,
 * so that it is only noted.
 */
function readDetails(
  { action, resource }: ProposedAction,
  content: StepEnd["result"],
): Pick<CarriedOut, "details" | "notes"> {
  const { action_type, affected_resources, rollback_available, changes_made } = ACTION_DETAILS.shape;
  const shape = ACTION_DETAILS.extend({
    action_type: action_type.default(action),
    affected_resources: affected_resources.default([resource]),
    rollback_available: rollback_available.default(false),
    changes_made: changes_made.default([]),
  });
  try {
    return { details: parseLeftFile("AGENT_RESULT_FILE", content, shape), notes: [] };
  } catch (thrown) {
    const notes = [`What the command said of its work is left out. ${asFailure(thrown).detail}`];
    return { details: shape.parse({}), notes };
  }
}

/** Whatever ended it, what it had done by then is done: it is not to be tried again unseen. */
function asActionFailure(failure: TaskFailure): TaskFailure {
  if (failure.code === "cancelled") return failure;
  return new TaskFailure("action-failed", failure.detail, { quote: failure.quote ?? "" });
}
