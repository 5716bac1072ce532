import type { Settings } from "../inputs.ts";
import type { Ports } from "../ports.ts";
import { type JudgeOptions, judgeIssue } from "../service/judge.ts";
import type { Dispatch, Issue, Outcome, Run } from "../task.ts";
import { hasLabel } from "../triggers/payload.ts";

type Nothing = Extract<Outcome, { kind: "ignored" | "denied" | "duplicate" }>;

/** A sweep tries each wish once: after a failure somebody wishes again, as with every other run of a workflow. */
export const ONCE: Pick<JudgeOptions, "maxAttempts" | "runUrlBase"> = { maxAttempts: 1, runUrlBase: "" };

/** The wish that the issue's own history holds, for a run that nobody set off; or why there is nothing to be done. */
export async function findWish(
  ports: Pick<Ports, "dispatch">,
  settings: Pick<Settings, "triggerLabel" | "requireMetadata" | "allowedActors" | "allowedBots">,
  { attempt }: Pick<Run, "attempt">,
  issue: Issue,
): Promise<Dispatch | Nothing> {
  const { triggerLabel } = settings;
  if (issue.state === "closed") return { kind: "ignored", reason: "the issue is closed" };
  if (!hasLabel(issue.labels, triggerLabel)) {
    return { kind: "ignored", reason: `the issue is not labelled \`${triggerLabel}\`` };
  }
  const job = await judgeIssue(ports, { settings, ...ONCE, again: attempt > 1 }, issue);
  return job?.dispatch ?? { kind: "duplicate", reason: "the last wish for the task has had its result" };
}
