import { repeatWrite } from "../once.ts";
import type { Ports } from "../ports.ts";
import type { Issue, Outcome } from "../task.ts";

const PROCESSING = "agent-processing";
const ENDED: Partial<Record<Outcome["kind"], string>> = {
  opened: "agent-completed",
  updated: "agent-completed",
  "no-changes": "agent-completed",
  "needs-input": "agent-needs-input",
  cancelled: "agent-failed",
  failed: "agent-failed",
};
const STATE_LABELS = new Set([PROCESSING, ...Object.values(ENDED)]);

/** After this time the labels that we know may be old: others label issues too. */
const FRESH_MS = 5000;

/** One label of the issue tells where its task is. */
export interface StateLabels {
  begin(issue: Issue): void;
  end(issue: Issue, outcome: Outcome): Promise<void>;
  /** Sets back what stood there before the begin. */
  retract(issue: Issue): Promise<void>;
}

/** A write that fails is a warning. */
export function createStateLabels({
  dispatch,
  clock,
  log,
}: Pick<Ports, "dispatch" | "clock" | "log">): StateLabels {
  let writing: Promise<void> = Promise.resolve();
  let known: { labels: string[]; at: number } | null = null;
  /** The state that stood there before the begin; `null` before that. */
  let before: string[] | null = null;

  const replace = async ({ repository, number }: Issue, labels: string[], state: string[]) => {
    const wanted = [...labels.filter((label) => !isStateLabel(label)), ...state];
    await repeatWrite(clock, "Setting the labels", () => dispatch.replaceLabels(repository, number, wanted));
  };
  const start = async (issue: Issue) => {
    // The answer tells what else stands there now: the event may be old.
    await repeatWrite(clock, "Setting the labels", async () => {
      const labels = await dispatch.addLabels(issue.repository, issue.number, [PROCESSING]);
      known = { labels, at: clock.now().getTime() };
    });
    const labels = known?.labels ?? [];
    before = labels.filter((label) => isStateLabel(label) && !isProcessing(label));
    if (before.length > 0) await replace(issue, labels, [PROCESSING]);
  };
  const current = async (issue: Issue) => {
    if (known && clock.now().getTime() - known.at < FRESH_MS) return known.labels;
    return (await dispatch.issue(issue.repository, issue.number))?.labels ?? [];
  };
  const then = (write: () => Promise<void>) => {
    writing = writing.then(write).catch((thrown: unknown) => {
      log.warning(`The issue's labels could not be set: ${String(thrown)}`);
    });
    return writing;
  };

  return {
    begin(issue) {
      then(() => start(issue));
    },
    async end(issue, { kind }) {
      const state = ENDED[kind];
      if (!state) return;
      await then(async () => {
        // Whoever called it off may just have taken the trigger label away: it must not come back, and start the task again.
        if (kind === "cancelled") known = null;
        await replace(issue, await current(issue), [state]);
      });
    },
    async retract(issue) {
      await then(async () => {
        if (before) await replace(issue, await current(issue), before);
      });
    },
  };
}

/** Whether the label tells where a task is. GitHub keeps the case in which a label was first made, and takes any. */
export function isStateLabel(label: string): boolean {
  return STATE_LABELS.has(label.toLowerCase());
}

function isProcessing(label: string): boolean {
  return label.toLowerCase() === PROCESSING;
}

/** Stands in where `state-labels: false`. */
export const NO_LABELS: StateLabels = { begin: () => {}, end: async () => {}, retract: async () => {} };
