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
}

/** A write that fails is a warning. */
export function createStateLabels({
  dispatch,
  clock,
  log,
}: Pick<Ports, "dispatch" | "clock" | "log">): StateLabels {
  let writing: Promise<void> = Promise.resolve();
  let known: { labels: string[]; at: number } | null = null;

  const replace = async ({ repository, number }: Issue, labels: string[], state: string) => {
    const wanted = [...labels.filter((label) => !STATE_LABELS.has(label)), state];
    await repeatWrite(clock, "Setting the labels", () => dispatch.replaceLabels(repository, number, wanted));
  };
  const start = async (issue: Issue) => {
    if (issue.labels.some((label) => STATE_LABELS.has(label)))
      return await replace(issue, issue.labels, PROCESSING);
    await repeatWrite(clock, "Setting the labels", async () => {
      const labels = await dispatch.addLabels(issue.repository, issue.number, [PROCESSING]);
      known = { labels, at: clock.now().getTime() };
    });
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
      if (state) await then(async () => replace(issue, await current(issue), state));
    },
  };
}

/** Stands in where `state-labels: false`. */
export const NO_LABELS: StateLabels = { begin: () => {}, end: async () => {} };
