import { triggerEntry } from "./audit/entries.ts";
import { claimTask } from "./claim.ts";
import { authoriseUnfiled, fileTask } from "./file-task.ts";
import type { Settings } from "./inputs.ts";
import { investigate, openSource, type Source } from "./investigate.ts";
import { keepUnpushed } from "./keep-work.ts";
import type { Ports } from "./ports.ts";
import { prepare } from "./prepare.ts";
import type { FinalReport } from "./report/report.ts";
import { type RunContext, reported } from "./report/reported.ts";
import { settle } from "./settle.ts";
import type { Dispatch, Outcome, Run, Task, Trigger } from "./task.ts";

/** Takes a trigger to its one visible end, and reports it. Never throws: a bug, too, is an outcome. */
export async function runTask(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
): Promise<FinalReport> {
  ports.audit.record(triggerEntry(trigger));
  return await reported({ ports, settings, run }, (context) => carryOut(context, trigger));
}

async function carryOut(context: RunContext, trigger: Trigger): Promise<Outcome> {
  const { ports, settings, run, reporter } = context;
  if (trigger.kind === "ignored") return trigger;
  reporter.progress.enter("authorise");
  if (trigger.kind === "unfiled") {
    const sender = await authoriseUnfiled(ports, settings, trigger);
    if (!sender.allowed) return { kind: "denied", reason: sender.reason };
  }
  const dispatch = trigger.kind === "unfiled" ? await fileTask(ports, settings, trigger) : trigger.dispatch;
  const prepared = await prepare(ports, settings, run, dispatch, reporter.findings);
  if (prepared.kind === "over") return prepared.outcome;
  const { task } = prepared;
  const limited = { ...context, settings: prepared.settings };
  reporter.progress.enter("checkout");
  const source = await openAsOwner(limited, task);
  if (source === null) return { kind: "duplicate", reason: "another run is at work on the task" };
  acknowledge(ports, dispatch);
  try {
    return await workOn(limited, task, source);
  } finally {
    await source.dispose();
  }
}

/** Claims the task while its target is fetched: both take a while, and neither runs anything. `null`: it is somebody else's. */
async function openAsOwner(
  { ports, settings, run, reporter }: RunContext,
  task: Task,
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

async function workOn(context: RunContext, task: Task, source: Source): Promise<Outcome> {
  const { ports, settings, reporter } = context;
  reporter.progress.enter("process");
  const investigation = await investigate(ports, task, settings, source);
  const keep = async () => {
    reporter.findings.kept = await keepUnpushed(ports, settings, task, investigation, reporter.progress);
  };
  try {
    const outcome = await settle(context, task, investigation);
    if (outcome.kind !== "duplicate") await keep();
    return outcome;
  } catch (thrown) {
    await keep();
    throw thrown;
  } finally {
    await investigation.store.dispose();
  }
}

/** Eyes on the comment that asked; a courtesy that nothing waits for. */
function acknowledge({ dispatch: github, log }: Ports, { repository, commentId }: Dispatch): void {
  if (commentId === null) return;
  github.acknowledge(repository, commentId).catch((thrown) => log.debug(`No reaction: ${String(thrown)}`));
}
