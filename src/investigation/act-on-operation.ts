import { createStageRecorder } from "../audit/stages.ts";
import { failedOutcome, type Stopped } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import type { ProposedAction } from "../policy/judge-action.ts";
import type { Checkout, Ports } from "../ports.ts";
import { createProgress, type Progress } from "../progress.ts";
import { failureOf } from "../report/reported.ts";
import type { Outcome, Run } from "../task.ts";
import { type Beginning, beginAct, markOf } from "./acts.ts";
import { type Approval, approveReport, refusalOf } from "./approval.ts";
import { refuseMovedBase, refuseOtherOperation } from "./approved-operation.ts";
import { askPolicy, proposesAction } from "./ask-policy.ts";
import { type CarriedOut, carryOutAction } from "./carry-out-action.ts";
import type { ActInputs } from "./inputs.ts";
import { commandOf, openBase } from "./operation-step.ts";
import { type OperationEvent, permitOperation } from "./permit-operation.ts";
import { readApproved } from "./read-approved.ts";
import type { InvestigationReport } from "./report.ts";

/** How an operation ends; only `failed` and `cancelled` fail the step. */
export type OperationOutcome =
  | { kind: "acted" }
  | Stopped
  | Extract<Outcome, { kind: "ignored" | "denied" | "duplicate" }>;

/** What became of an approved operation. */
export interface ActedOnOperation {
  outcome: OperationOutcome;
  /** `null` where it could not be read, or is not what was approved. */
  report: InvestigationReport | null;
  approval: Approval | null;
  /** `null` where no command was run. */
  carriedOut: CarriedOut | null;
}

/** An operation that ended before anything was known. */
export const NOTHING_DONE: Omit<ActedOnOperation, "outcome"> = {
  report: null,
  approval: null,
  carriedOut: null,
};

type Notebook = Omit<ActedOnOperation, "outcome"> & { progress: Progress };

export type OperationOrder = ActInputs & { resource: string };

/**
 * Runs the command of an approved action, at most once for a report: it is marked as begun before it begins, and what was begun is
 * never begun again, whatever became of it. Never throws.
 */
export async function actOnOperation(
  ports: Ports,
  settings: Settings,
  order: OperationOrder,
  run: Run,
  event: OperationEvent,
): Promise<ActedOnOperation> {
  const stages = createStageRecorder(ports.audit, () => order.resource);
  const progress = createProgress(ports.clock, stages.entered);
  const notebook: Notebook = { ...NOTHING_DONE, progress };
  let outcome: OperationOutcome;
  try {
    outcome = await decide(ports, settings, order, run, event, notebook);
  } catch (thrown) {
    outcome = failedOutcome(failureOf(ports, thrown), progress.current);
  }
  progress.finish();
  stages.ended(progress, outcome);
  const { progress: _, ...found } = notebook;
  return { outcome, ...found };
}

async function decide(
  ports: Ports,
  given: Settings,
  order: OperationOrder,
  run: Run,
  event: OperationEvent,
  notebook: Notebook,
): Promise<OperationOutcome> {
  const { progress } = notebook;
  progress.enter("authorise");
  commandOf(given);
  const permitted = await permitOperation(ports, given, event);
  if (permitted.kind === "denied") return permitted;
  progress.enter("check");
  const { report } = await readApproved(ports, order, run);
  refuseOtherOperation(report, order);
  notebook.report = report;
  if (!proposesAction(report)) return { kind: "ignored", reason: "the report proposes no action" };
  notebook.approval = await approveReport(ports, order, run, report);
  const refusal = refusalOf(notebook.approval);
  if (refusal !== null) return { kind: "denied", reason: refusal };
  progress.enter("checkout");
  const checkout = await openBase(ports, permitted.settings, run);
  try {
    refuseMovedBase(report, checkout);
    await checkout.switchTo(checkout.refs.base);
    return await actOnce(ports, permitted.settings, order, run, { report, checkout, notebook });
  } finally {
    await checkout.dispose();
  }
}

/** Marks the action as begun, sees that this is not once too often, and runs its command. */
async function actOnce(
  ports: Ports,
  settings: Settings,
  order: OperationOrder,
  run: Run,
  approved: { report: ProposedAction; checkout: Checkout; notebook: Notebook },
): Promise<OperationOutcome> {
  const { report, checkout, notebook } = approved;
  // Before the mark: a run that may not go on has begun nothing.
  await ports.audit.ensureDelivered();
  const beginning = await beginAct(ports, run, report, markOf(report, order.reportDigest ?? ""));
  if (beginning.kind === "duplicate") return beginning;
  // Asked again now that each of several that begin at once sees the marks of all.
  const decision = await orWithdraw(beginning, () => askPolicy(ports, order, run, report));
  if (decision?.kind === "denied") {
    await beginning.withdraw();
    return { kind: "denied", reason: decision.reason };
  }
  notebook.progress.enter("process");
  notebook.carriedOut = await carryOutAction(ports, settings, report, checkout);
  if (notebook.carriedOut.failure) throw notebook.carriedOut.failure;
  return { kind: "acted" };
}

/** Nothing was done yet: where it fails, the action may still be carried out by a later try. */
async function orWithdraw<T>(
  { withdraw }: Extract<Beginning, { kind: "begun" }>,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    await withdraw();
    throw thrown;
  }
}
