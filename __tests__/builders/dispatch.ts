import type { Dispatch, Issue, Trigger } from "../../src/task.ts";

/** The issue's author set the trigger label, when the issue was updated. */
export function aDispatch(issue: Issue, change: Partial<Dispatch> = {}): Dispatch {
  return {
    event: "issues",
    repository: issue.repository,
    issueNumber: issue.number,
    sender: issue.author,
    manual: false,
    happenedAt: issue.updatedAt,
    issue,
    commentId: null,
    ...change,
  };
}

export function aTrigger(issue: Issue, change: Partial<Dispatch> = {}): Trigger {
  return { kind: "dispatch", dispatch: aDispatch(issue, change) };
}
