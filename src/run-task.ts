import { triggerEntry } from "./audit/entries.ts";
import { claimTask } from "./claim.ts";
import { authoriseUnfiled, fileTask } from "./file-task.ts";
import type { Settings } from "./inputs.ts";
import { investigate, openSource, type Source } from "./investigate.ts";
import { keepUnpushed } from "./keep-work.ts";
import type { Ports } from "./ports.ts";
import { prepare } from "./prepare.ts";
import type { FinalReport } from "./report/report.ts";
import { reported } from "./report/reported.ts";
import type { Reporter } from "./report/reporter.ts";
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
  return await reported(ports, settings, run, (reporter) =>
    carryOut(ports, settings, run, trigger, reporter),
  );
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

/** Eyes on the comment that asked; a courtesy that nothing waits for. */
function acknowledge({ dispatch: github, log }: Ports, { repository, commentId }: Dispatch): void {
  if (commentId === null) return;
  github.acknowledge(repository, commentId).catch((thrown) => log.debug(`No reaction: ${String(thrown)}`));
}
