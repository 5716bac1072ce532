import { triggerEntry } from "../audit/entries.ts";
import { claimTask } from "../claim.ts";
import { EDITED } from "../confirm.ts";
import type { Settings } from "../inputs.ts";
import type { Ports } from "../ports.ts";
import { prepare } from "../prepare.ts";
import type { FinalReport } from "../report/report.ts";
import { type RunContext, reported } from "../report/reported.ts";
import { settle, withNotes } from "../settle.ts";
import type { Outcome, Proposal, Run, Task, Trigger } from "../task.ts";
import { type Approval, type Approve, refusalOf } from "./approval.ts";
import { failedReport, proposalOf } from "./approved-proposal.ts";
import type { ActInputs } from "./inputs.ts";
import { unfiledTask } from "./investigate-task.ts";
import { type Approved, readApproved } from "./read-approved.ts";
import { rebuild } from "./rebuild.ts";

/** How long the claim counts: acting runs no step. */
const CLAIM_MS = 15 * 60_000;

/** What is acted on: the files of the investigating job, and who must agree. */
export interface Order {
  files: Pick<ActInputs, "reportFile" | "patchFile" | "reportDigest">;
  approve: Approve;
}

/** What became of a task, and who approved it. */
export interface ActedOnTask {
  report: FinalReport;
  approval: Approval | null;
}

/**
 * Pushes exactly the patch that was approved for the event's task, and opens its pull request. What the investigation could not do
 * it reports. Never throws: every task ends in one visible result, also where the investigating job died.
 */
export async function actOnTask(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
  order: Order,
): Promise<ActedOnTask> {
  let approval: Approval | null = null;
  const approve: Approve = async (report) => {
    approval = await order.approve(report);
    return approval;
  };
  const report = await reported({ ports, settings, run }, (context) =>
    carryOut(context, trigger, { ...order, approve }),
  );
  return { report, approval };
}

async function carryOut(context: RunContext, trigger: Trigger, { files, approve }: Order): Promise<Outcome> {
  const { ports, settings, run, reporter } = context;
  const { progress, findings } = reporter;
  ports.audit.record(triggerEntry(trigger));
  if (trigger.kind === "ignored") return trigger;
  progress.enter("authorise");
  if (trigger.kind === "unfiled") throw unfiledTask();
  const prepared = await prepare(ports, settings, run, trigger.dispatch, findings);
  if (prepared.kind === "over") return prepared.outcome;
  progress.enter("check");
  const approved = await readApproved(ports, files, run);
  const failure = failedReport(approved.report);
  if (failure) return failure;
  const proposal = proposalOf(approved.report, prepared.task);
  findings.proposal = proposal;
  findings.task = proposal.task;
  const approval = proposal.kind === "changes" ? await approve(approved.report) : null;
  const refusal = approval && refusalOf(approval);
  if (refusal !== null) return { kind: "denied", reason: refusal };
  const work = { proposal, approved, isByPolicy: approval?.kind === "policy" };
  const outcome = await push({ ...context, settings: prepared.settings }, work);
  return isSameText(proposal.task, prepared.task) ? outcome : withNotes(outcome, [EDITED]);
}

/** Makes the approved tree again, from the base as it is now, and goes on as the main action would. */
async function push(
  context: RunContext,
  { proposal, ...given }: { proposal: Proposal; approved: Approved; isByPolicy: boolean },
): Promise<Outcome> {
  const { ports, settings, run, reporter } = context;
  const { task } = proposal;
  const store = await ports.git.open(task.target.cloneUrl);
  try {
    if (proposal.kind === "changes") await rebuild(ports, store, proposal, { ...given, settings });
    else await store.fetchCommits([proposal.start.oid]);
    const claim = await claimTask(ports, task, run, CLAIM_MS);
    if (claim.kind === "taken") return { kind: "duplicate", reason: "another run is at work on the task" };
    reporter.begin(claim);
    return await settle(context, task, { proposal, store, failure: null });
  } finally {
    await store.dispose();
  }
}

function isSameText(one: Task, other: Task): boolean {
  return one.instruction === other.instruction && one.title === other.title;
}
