import { createStageRecorder } from "../audit/stages.ts";
import { failedOutcome } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import type { Ports } from "../ports.ts";
import { failedEnd } from "../processors/command.ts";
import { createProgress, type Progress } from "../progress.ts";
import { failureOf } from "../report/reported.ts";
import type { Run } from "../task.ts";
import { parseFindings } from "./findings.ts";
import type { InvestigateInputs } from "./inputs.ts";
import { type Investigated, NOTHING_INVESTIGATED } from "./investigated.ts";
import { type About, frameReport } from "./make-report.ts";
import { commandOf, openBase, runOperation } from "./operation-step.ts";
import { type OperationEvent, permitOperation } from "./permit-operation.ts";
import { type InvestigationReport, RECOMMENDATIONS, type ReportFindings } from "./report.ts";

/** An operation as the workflow's inputs name it. */
export type Operation = Pick<InvestigateInputs, "action" | "actionContext"> & { resource: string };

type Ended = Pick<Investigated, "outcome"> & Partial<Investigated>;

/** Runs the command that investigates a resource, and reports what it found. Writes nothing anywhere and never throws. */
export async function investigateOperation(
  ports: Ports,
  settings: Settings,
  operation: Operation,
  run: Run,
  event: OperationEvent,
  about: About,
): Promise<Investigated> {
  const stages = createStageRecorder(ports.audit, () => operation.resource);
  const progress = createProgress(ports.clock, stages.entered);
  let ended: Ended;
  try {
    ended = await lookInto(ports, settings, operation, run, event, { about, progress });
  } catch (thrown) {
    ended = { outcome: failedOutcome(failureOf(ports, thrown), progress.current) };
  }
  progress.finish();
  stages.ended(progress, ended.outcome);
  return { ...NOTHING_INVESTIGATED, ...ended };
}

async function lookInto(
  ports: Ports,
  given: Settings,
  operation: Operation,
  run: Run,
  event: OperationEvent,
  { about, progress }: { about: About; progress: Progress },
): Promise<Ended> {
  progress.enter("authorise");
  commandOf(given);
  const permitted = await permitOperation(ports, given, event);
  if (permitted.kind === "denied") return { outcome: permitted };
  const { settings } = permitted;
  const frame = frameReport(about, run, ports.dispatch.now());
  const { resource, action, actionContext: context } = operation;
  progress.enter("checkout");
  const checkout = await openBase(ports, settings, run);
  try {
    await checkout.switchTo(checkout.refs.base);
    progress.enter("process");
    const ended = await runOperation(
      ports,
      settings,
      { ...frame, resource, action, context },
      { title: "Investigation", directory: checkout.path, resultVariable: "AGENT_REPORT_FILE" },
    );
    const failure = failedEnd(ended, settings.timeoutMinutes);
    if (failure) throw failure;
    progress.enter("check");
    const findings = parseFindings(ended.result);
    const report: InvestigationReport = {
      ...{ ...frame, resource, action: action ?? actionIn(findings), context, ...findings },
      base_commit: checkout.refs.base,
      ...{ patch_digest: null, task: null, proposal: null, failure: null },
    };
    return { outcome: { kind: "investigated" }, report };
  } finally {
    await checkout.dispose();
  }
}

/** The action that the command recommends, if it recommends one. */
function actionIn({ recommendation }: ReportFindings): string | null {
  return RECOMMENDATIONS.some((advice) => advice === recommendation) ? null : recommendation;
}
