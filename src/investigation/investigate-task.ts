import { limitsEntry, triggerEntry } from "../audit/entries.ts";
import { createStageRecorder } from "../audit/stages.ts";
import { failedOutcome, TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import { investigate, openSource } from "../investigate.ts";
import type { GitStore, Ports } from "../ports.ts";
import { type Findings, NO_FINDINGS, prepare } from "../prepare.ts";
import { createProgress, type Progress } from "../progress.ts";
import { failureOf } from "../report/reported.ts";
import { nameOf } from "../report/reporter.ts";
import type { Proposal, Run, Task, Trigger } from "../task.ts";
import { type Investigated, NOTHING_INVESTIGATED } from "./investigated.ts";
import { judgeChanges } from "./judge-changes.ts";
import { type About, frameReport, reportFailure, reportProposal } from "./make-report.ts";

type Ended = Pick<Investigated, "outcome"> & Partial<Investigated>;

/** Investigates an event's task and writes nothing anywhere. Never throws: a bug, too, is an outcome. */
export async function investigateTask(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
  about: About,
): Promise<Investigated> {
  const findings: Findings = { ...NO_FINDINGS };
  const stages = createStageRecorder(ports.audit, () => (findings.issue ? nameOf(findings.issue) : run.url));
  const progress = createProgress(ports.clock, stages.entered);
  ports.audit.record(triggerEntry(trigger));
  const frame = () => frameReport(about, run, ports.dispatch.now());
  let ended: Ended;
  try {
    ended = await lookInto(ports, settings, run, trigger, { findings, progress, frame });
  } catch (thrown) {
    const outcome = failedOutcome(failureOf(ports, thrown), progress.current);
    const { task } = findings;
    ended = { outcome, report: task && reportFailure(frame(), task, outcome) };
  }
  progress.finish();
  stages.ended(progress, ended.outcome);
  return { ...NOTHING_INVESTIGATED, issue: findings.issue, taskId: findings.taskId, ...ended };
}

interface Notebook {
  findings: Findings;
  progress: Progress;
  frame(): ReturnType<typeof frameReport>;
}

async function lookInto(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
  notebook: Notebook,
): Promise<Ended> {
  const { findings, progress } = notebook;
  if (trigger.kind === "ignored") return { outcome: trigger };
  progress.enter("authorise");
  if (trigger.kind === "unfiled") throw unfiledTask();
  const prepared = await prepare(ports, settings, run, trigger.dispatch, findings);
  if (prepared.kind === "over") return { outcome: prepared.outcome };
  return await runStep(ports, prepared.settings, prepared.task, notebook);
}

async function runStep(ports: Ports, settings: Settings, task: Task, notebook: Notebook): Promise<Ended> {
  const { progress } = notebook;
  progress.enter("checkout");
  const source = await openSource(ports, task, settings);
  try {
    progress.enter("process");
    const { proposal, store, failure } = await investigate(ports, task, settings, source);
    try {
      if (failure) throw failure;
      progress.enter("check");
      return await judge(ports, settings, proposal, store, notebook);
    } finally {
      await store.dispose();
    }
  } finally {
    await source.dispose();
  }
}

async function judge(
  ports: Ports,
  settings: Settings,
  proposal: Proposal,
  store: GitStore,
  { frame }: Notebook,
): Promise<Ended> {
  const investigated = { kind: "investigated" } as const;
  if (proposal.kind !== "changes")
    return { outcome: investigated, report: reportProposal(frame(), proposal, null) };
  const judgement = await judgeChanges(ports, store, proposal, settings);
  const { refusal, patch, shown } = judgement;
  ports.audit.record(limitsEntry(proposal.task, refusal ?? { draft: false, notes: judgement.issues }));
  return {
    // What `act` would refuse nobody need approve.
    outcome: refusal ? failedOutcome(refusal, "check") : investigated,
    report: reportProposal(frame(), proposal, judgement),
    patch,
    shown,
    stat: await store.stat(proposal.start.oid, proposal.tree),
  };
}

/** Neither half files issues: both must mean the same one. */
export function unfiledTask(): TaskFailure {
  return new TaskFailure(
    "invalid-event",
    "A whole task in a `repository_dispatch` needs an issue of its own, and an investigation writes nothing: file the issue first, and send its `issue_number`.",
  );
}
