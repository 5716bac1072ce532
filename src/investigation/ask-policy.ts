import {
  type ActionDecision,
  judgeAction,
  type PastAct,
  type ProposedAction,
} from "../policy/judge-action.ts";
import { readOperationsPolicy } from "../policy/operations.ts";
import type { Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import { markOf, readActs } from "./acts.ts";
import type { ActInputs } from "./inputs.ts";
import type { InvestigationReport } from "./report.ts";

type Needs = Pick<Ports, "dispatch" | "git" | "audit" | "log">;

/** Where the policy is, and the digest of the report where one was made: its own act does not count against it. */
export type PolicyInputs = Pick<ActInputs, "operationsPolicy"> & Partial<Pick<ActInputs, "reportDigest">>;

/**
 * What the operations policy of the default branch says to a report's action now; `null` where the workflow names no policy, or
 * the report no action. Only reads. Throws `invalid-policy`.
 */
export async function askPolicy(
  ports: Needs,
  { operationsPolicy, reportDigest }: PolicyInputs,
  run: Run,
  report: InvestigationReport,
): Promise<ActionDecision | null> {
  if (operationsPolicy === null || !proposesAction(report)) return null;
  const policy = await readOperationsPolicy(ports, report.repository, operationsPolicy);
  const own = reportDigest ? markOf(report, reportDigest) : null;
  const isCounted = policy.rate_limits.length > 0 && report.task === null;
  const past: PastAct[] = isCounted ? await readActs(ports, run, own) : [];
  const decision = judgeAction(policy, report, past, ports.dispatch.now());
  ports.audit.record({
    actor: "system",
    actionType: "policy_check",
    resource: report.resource,
    status: decision.kind === "denied" ? "denied" : "success",
    latencyMs: null,
    metadata: { step: "operations-policy", policy: policy.name, action: report.action, ...decision },
  });
  return decision;
}

/** Whether there is anything to be done. */
export function proposesAction(report: InvestigationReport): report is ProposedAction {
  return report.action !== null;
}
