import type { Settings } from "../inputs.ts";
import type { Ports } from "../ports.ts";
import type { Dispatch, Issue, Trigger } from "../task.ts";
import { hasLabel } from "../triggers/payload.ts";

/** Reads a job's issue anew: hours may have gone since it was asked for. What is wanted no more is `ignored`. */
export async function findWanted(
  { dispatch: github }: Pick<Ports, "dispatch">,
  { triggerLabel }: Pick<Settings, "triggerLabel">,
  dispatch: Dispatch,
): Promise<Trigger> {
  let issue: Issue | null;
  try {
    issue = await github.issue(dispatch.repository, dispatch.issueNumber);
  } catch {
    // The run reads it once more, and reports what is wrong.
    return { kind: "dispatch", dispatch: { ...dispatch, issue: null } };
  }
  const reason = reasonAgainst(dispatch, triggerLabel, issue);
  return issue && !reason
    ? { kind: "dispatch", dispatch: { ...dispatch, issue } }
    : { kind: "ignored", reason: `${reason} before its turn came` };
}

function reasonAgainst(dispatch: Dispatch, label: string, issue: Issue | null): string | null {
  if (!issue) return "the issue went away";
  const isSame = issue.repository.toLowerCase() === dispatch.repository.toLowerCase();
  // GitHub leads on to where a transferred issue stands now: there, others may ask for tasks.
  if (!isSame || issue.number !== dispatch.issueNumber) return "the issue was transferred";
  if (issue.state === "closed") return "the issue was closed";
  return hasLabel(issue.labels, label) ? null : `the label \`${label}\` was taken off`;
}
