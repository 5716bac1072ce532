import { act } from "./act.ts";
import { confirmWanted } from "./confirm.ts";
import type { Investigation } from "./investigate.ts";
import type { RunContext } from "./report/reported.ts";
import type { Oid, Outcome, Task } from "./task.ts";

/** Checks, pushes and opens the pull request for what was investigated, where the task is still wanted. */
export async function settle(
  { ports, settings, run, reporter }: RunContext,
  task: Task,
  { proposal, store, failure }: Omit<Investigation, "tree">,
): Promise<Outcome> {
  const { progress, findings, ownComments } = reporter;
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
