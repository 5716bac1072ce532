import type { Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import { askPolicy, type PolicyInputs, proposesAction } from "./ask-policy.ts";
import type { AutoApproval } from "./investigate-outputs.ts";
import type { Investigated } from "./investigated.ts";

/** What stands before anything was asked. */
export const NOTHING_APPROVED: AutoApproval = { approved: false, reason: "Nothing is proposed." };

/**
 * Asks the policy before anybody is asked: what it denies is over. The report on an operation proposes nothing any more then; that on
 * a task stays as it is, since `act` tells the issue what the policy says to it. Throws `invalid-policy`.
 */
export async function applyPolicy(
  ports: Pick<Ports, "dispatch" | "git" | "audit" | "log">,
  inputs: Pick<PolicyInputs, "operationsPolicy">,
  run: Run,
  investigated: Investigated,
): Promise<{ investigated: Investigated; approval: AutoApproval }> {
  const { report } = investigated;
  if (report === null || !proposesAction(report)) return { investigated, approval: NOTHING_APPROVED };
  const decision = await askPolicy(ports, inputs, run, report);
  if (decision === null)
    return {
      investigated,
      approval: { approved: false, reason: "No operations policy is set: a person decides." },
    };
  const { kind, reason } = decision;
  const approval = { approved: kind === "approved", reason: asSentence(reason) };
  // A failure is told first, by `act` too.
  if (kind !== "denied" || investigated.outcome.kind !== "investigated") return { investigated, approval };
  const denied = {
    ...investigated,
    outcome: { kind, reason },
    report: report.task === null ? { ...report, action: null } : report,
  };
  return { investigated: denied, approval };
}

function asSentence(reason: string): string {
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;
}
