import { canonicalJson } from "../canonical-json.ts";
import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Checkout } from "../ports.ts";
import type { ActInputs } from "./inputs.ts";
import { mismatch } from "./read-approved.ts";
import type { InvestigationReport } from "./report.ts";

/** What the workflow itself says of an operation, by its event; `null` where it does not. */
type ToldOperation = Pick<ActInputs, "action" | "actionContext"> & { resource: string };

/**
 * Throws `report-mismatch` where the report is not about the operation of this run: what is done to what, and by what context, the
 * event decides where the workflow tells it, never the job that investigated.
 */
export function refuseOtherOperation(report: InvestigationReport, told: ToldOperation): void {
  if (report.task !== null) throw mismatch("The report is of a task, and this run is for an operation.");
  if (report.resource !== told.resource)
    throw mismatch(
      `The report is about ${inlineCode(report.resource)}, and this run is for ${inlineCode(told.resource)}.`,
    );
  // A report without an action is not acted on, whatever was wanted.
  if (told.action !== null && report.action !== null && report.action !== told.action)
    throw mismatch(
      `The report names the action ${inlineCode(report.action)}, and ${inlineCode(told.action)} is wanted.`,
    );
  // Not shown: either may be long, and the approver has seen the report's.
  if (told.actionContext !== null && canonicalJson(report.context) !== canonicalJson(told.actionContext))
    throw mismatch("The context in the report is not the one that this run was started with.");
}

/** Throws `base-moved` where the base is not the commit that was investigated. */
export function refuseMovedBase({ base_commit }: InvestigationReport, { refs }: Checkout): void {
  if (refs.base === base_commit) return;
  throw new TaskFailure(
    "base-moved",
    `The base is at ${inlineCode(refs.base)} now, and ${inlineCode(base_commit ?? "nothing")} was investigated.`,
  );
}
