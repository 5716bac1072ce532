import { act } from "./act.ts";
import { triggerEntry } from "./audit/entries.ts";
import { authoriseSender, type Decision } from "./authorise.ts";
import { claimTask } from "./claim.ts";
import { confirmWanted } from "./confirm.ts";
import { asFailure, failedOutcome, type TaskFailure } from "./failure.ts";
import { fileTask } from "./file-task.ts";
import type { Settings } from "./inputs.ts";
import { type Investigation, investigate, openSource, type Source } from "./investigate.ts";
import { type KeptWork, keepWork } from "./keep-work.ts";
import { permitSender } from "./policy/permit.ts";
import { readPolicy } from "./policy/policy.ts";
import type { Ports } from "./ports.ts";
import { NO_FINDINGS, prepare } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import type { FinalReport } from "./report/report.ts";
import { createReporter, type Reporter } from "./report/reporter.ts";
import type { Dispatch, Oid, Outcome, Run, Task, Trigger } from "./task.ts";

/** Takes a trigger to its one visible end, and reports it. Never throws: a bug, too, is an outcome. */
export async function runTask(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
): Promise<FinalReport> {
  ports.audit.record(triggerEntry(trigger));
  return await reported(ports, settings, run, (reporter) =>
    carryOut(ports, settings, run, trigger, reporter),
  );
}

/** Reports the one visible end of whatever work is done for a task. Never throws. */
export async function reported(
  ports: Ports,
  settings: Settings,
  run: Run,
  work: (reporter: Reporter) => Promise<Outcome>,
): Promise<FinalReport> {
  const reporter = createReporter(ports, settings, run);
  let outcome: Outcome;
  try {
    outcome = await work(reporter);
  } catch (thrown) {
    outcome = failedOutcome(failureOf(ports, thrown), reporter.progress.current);
  }
  return await reporter.finish(outcome);
}

/** The report of a run that could not even begin: a bad input or event. */
export function reportOfNothing(run: Run, thrown: unknown): FinalReport {
  const outcome = failedOutcome(asFailure(thrown), "authorise");
  const { situation: _, ...nothing } = NO_FINDINGS;
  return { ...nothing, stages: [], run, outcome, attempt: 1 };
}

async function carryOut(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
  reporter: Reporter,
): Promise<Outcome> {
  if (trigger.kind === "ignored") return trigger;
  reporter.progress.enter("authorise");
  if (trigger.kind === "unfiled") {
    // The issue is filed with our own right, and its label may start a run: so not for somebody who has none.
    const sender = await authoriseUnfiled(ports, settings, trigger);
    if (!sender.allowed) return { kind: "denied", reason: sender.reason };
  }
  const dispatch = trigger.kind === "unfiled" ? await fileTask(ports, settings, trigger) : trigger.dispatch;
  const prepared = await prepare(ports, settings, run, dispatch, reporter.findings);
  if (prepared.kind === "over") return prepared.outcome;
  const { task, settings: limited } = prepared;
  reporter.progress.enter("checkout");
  const source = await openAsOwner(ports, limited, run, task, reporter);
  if (source === null) return { kind: "duplicate", reason: "another run is at work on the task" };
  acknowledge(ports, dispatch);
  try {
    return await workOn(ports, limited, run, task, source, reporter);
  } finally {
    await source.dispose();
  }
}

async function authoriseUnfiled(
  ports: Ports,
  settings: Settings,
  { repository, sender }: Extract<Trigger, { kind: "unfiled" }>,
): Promise<Decision> {
  const decision = await authoriseSender(ports, { repository, sender }, settings);
  if (!decision.allowed) return decision;
  return permitSender(await readPolicy(ports, settings, repository), sender, settings);
}

/** Claims the task while its target is fetched: both take a while, and neither runs anything. `null`: it is somebody else's. */
async function openAsOwner(
  ports: Ports,
  settings: Settings,
  run: Run,
  task: Task,
  reporter: Reporter,
): Promise<Source | null> {
  const leaseMs = (settings.timeoutMinutes + LEASE_MARGIN_MINUTES) * 60_000;
  const [claim, source] = await Promise.allSettled([
    claimTask(ports, task, run, leaseMs),
    openSource(ports, task, settings),
  ]);
  const lost = claim.status === "rejected" || claim.value.kind === "taken";
  if (lost && source.status === "fulfilled") await source.value.dispose();
  if (claim.status === "rejected") throw claim.reason;
  if (claim.value.kind === "taken") return null;
  reporter.begin(claim.value);
  if (source.status === "rejected") throw source.reason;
  return source.value;
}

/** What a run may take besides the step: the checkout, the push, and GitHub's patience. */
const LEASE_MARGIN_MINUTES = 15;

async function workOn(
  ports: Ports,
  settings: Settings,
  run: Run,
  task: Task,
  source: Source,
  reporter: Reporter,
): Promise<Outcome> {
  reporter.progress.enter("process");
  const investigation = await investigate(ports, task, settings, source);
  const keep = async () => {
    reporter.findings.kept = await keepUnpushed(ports, settings, task, investigation, reporter.progress);
  };
  try {
    const outcome = await settle(ports, settings, run, task, investigation, reporter);
    if (outcome.kind !== "duplicate") await keep();
    return outcome;
  } catch (thrown) {
    await keep();
    throw thrown;
  } finally {
    await investigation.store.dispose();
  }
}

/** Checks, pushes and opens the pull request for what was investigated, where the task is still wanted. */
export async function settle(
  ports: Ports,
  settings: Settings,
  run: Run,
  task: Task,
  { proposal, store, failure }: Omit<Investigation, "tree">,
  { progress, findings, ownComments }: Reporter,
): Promise<Outcome> {
  if (failure) throw failure;
  progress.enter("check");
  findings.proposal = proposal;
  const { oid } = proposal.start;
  const stat = await store.stat(oid, proposal.kind === "changes" ? proposal.tree : oid);
  findings.stat = stat;
  const { issue, situation } = findings;
  const notes: string[] = [];
  const confirm = async () => {
    if (!issue || !situation) return null;
    const before = { issue, situation, ownComments: ownComments() };
    const confirmed = await confirmWanted(ports, settings, task, before);
    notes.push(...confirmed.notes);
    return confirmed.stop;
  };
  const pushed = (commit: Oid) => {
    findings.pushed = { branch: task.branch, commit };
  };
  const outcome = await act(ports, { proposal, store, stat, settings, run, progress, pushed, confirm });
  return withNotes(outcome, notes);
}

/** An end that has no notes of its own tells them after its reason. */
export function withNotes(outcome: Outcome, notes: string[]): Outcome {
  if ("notes" in outcome) return { ...outcome, notes: [...outcome.notes, ...notes] };
  if (outcome.kind !== "no-changes") return outcome;
  return { ...outcome, reason: [outcome.reason, ...notes].join(" ") };
}

/** Nothing that was made is lost: what did not reach the target's branch is kept in the job's own folder. */
async function keepUnpushed(
  ports: Ports,
  settings: Settings,
  task: Task,
  { proposal: { start, result }, store, tree }: Investigation,
  { current }: Progress,
): Promise<KeptWork | null> {
  if (current === "pull-request" || ports.cancellation.aborted) return null;
  try {
    return await keepWork(ports, settings, task, { start, store, tree, result });
  } catch (thrown) {
    ports.log.warning(`The work could not be kept: ${String(thrown)}`);
    return null;
  }
}

/** Eyes on the comment that asked; a courtesy that nothing waits for. */
function acknowledge({ dispatch: github, log }: Ports, { repository, commentId }: Dispatch): void {
  if (commentId === null) return;
  github.acknowledge(repository, commentId).catch((thrown) => log.debug(`No reaction: ${String(thrown)}`));
}

/** What a run failed with; of a bug, the log gets the stack. */
export function failureOf(
  { cancellation, log }: Pick<Ports, "cancellation" | "log">,
  thrown: unknown,
): TaskFailure {
  const failure = asFailure(cancellation.aborted ? cancellation.reason : thrown);
  if (failure.code === "unexpected") log.info(stackOf(failure));
  return failure;
}

function stackOf({ cause, stack }: TaskFailure): string {
  return (cause instanceof Error ? cause.stack : stack) ?? String(cause);
}
