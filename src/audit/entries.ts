import { TaskFailure } from "../failure.ts";
import type { Verdict } from "../policy/limits.ts";
import { AnswerLost, type AuditEntry } from "../ports.ts";
import type { Prepared } from "../prepare.ts";
import { failureCodeOf } from "../report/task-result.ts";
import type { Dispatch, End, Proposal, Task, Trigger } from "../task.ts";

/** Who asked for what, as the event says it. */
export function triggerEntry(trigger: Trigger): AuditEntry {
  const common = { actionType: "file_read", status: "success", latencyMs: null } as const;
  if (trigger.kind === "ignored") {
    const metadata = { step: "trigger", reason: trigger.reason };
    return { ...common, actor: "system", resource: "event", metadata };
  }
  const { sender, repository } = trigger.kind === "dispatch" ? trigger.dispatch : trigger;
  const event = trigger.kind === "dispatch" ? trigger.dispatch.event : "repository_dispatch";
  return {
    ...common,
    actor: sender.type === "User" ? "human" : "system",
    resource: trigger.kind === "dispatch" ? issueName(trigger.dispatch) : repository,
    metadata: { step: "trigger", event, sender: sender.login },
  };
}

/** Whether the sender may have the task run, and within which limits. */
export function authorisationEntry(dispatch: Dispatch, prepared: Prepared): AuditEntry {
  const end = prepared.kind === "over" ? prepared.outcome : null;
  const target = prepared.kind === "ready" ? prepared.task.target.repository : null;
  const reason = end && "reason" in end ? end.reason : null;
  return {
    ...policyCheck("authorise", issueName(dispatch)),
    status: end?.kind === "denied" ? "denied" : "success",
    metadata: { step: "authorise", decision: end?.kind ?? "allowed", reason, target },
  };
}

/** What the processor made of the task; its usage is its own word. */
export function proposalEntry({ kind, task, start, result }: Proposal): AuditEntry {
  return {
    ...{ actor: "agent", actionType: "tool_call", status: "success", latencyMs: null },
    resource: task.target.repository,
    metadata: { step: "proposal", kind, base: start.oid, usage: result.usage ?? null },
  };
}

/** What the limits say of the proposal: `verdict` is a failure where they refuse it. */
export function limitsEntry(task: Task, verdict: Verdict | TaskFailure): AuditEntry {
  const check = policyCheck("limits", task.target.repository);
  if (verdict instanceof TaskFailure) {
    const metadata = { step: "limits", failure_code: verdict.code, detail: verdict.detail };
    return { ...check, status: "denied", metadata };
  }
  const metadata = { step: "limits", draft: verdict.draft, notes: verdict.notes };
  return { ...check, status: "success", metadata };
}

/** The one end of a run; `resource` is what it was about. */
export function outcomeEntry(outcome: End, resource: string): AuditEntry {
  const reason = "reason" in outcome ? outcome.reason : null;
  const detail = outcome.kind === "failed" ? outcome.detail : reason;
  return {
    ...{ actor: "system", actionType: "tool_call", latencyMs: null },
    resource,
    status: statusOf(outcome),
    metadata: {
      step: "outcome",
      outcome: outcome.kind,
      failure_code: failureCodeOf(outcome),
      detail,
      pull_request: "pullRequest" in outcome ? outcome.pullRequest.url : null,
    },
  };
}

export function statusOf({ kind }: End): AuditEntry["status"] {
  if (kind === "denied") return "denied";
  return kind === "failed" || kind === "cancelled" ? "error" : "success";
}

/** That the main step was killed before its end, which the post step now looks after. */
export function unfinishedEntry(resource: string): AuditEntry {
  return {
    ...{ actor: "system", actionType: "tool_call", status: "error", latencyMs: null },
    resource,
    metadata: { step: "unfinished" },
  };
}

/** What went wrong, in one word: a failure's code, or that nobody knows. */
export function faultOf(thrown: unknown): string {
  if (thrown instanceof TaskFailure) return thrown.code;
  return thrown instanceof AnswerLost ? "answer-lost" : "unexpected";
}

function issueName({ repository, issueNumber }: Pick<Dispatch, "repository" | "issueNumber">): string {
  return `${repository}#${issueNumber}`;
}

function policyCheck(step: string, resource: string) {
  return {
    actor: "system",
    actionType: "policy_check",
    resource,
    latencyMs: null,
    metadata: { step },
  } as const;
}
