import type { Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import { type HumanApproval, passGate } from "./gate.ts";
import type { ActInputs } from "./inputs.ts";
import type { InvestigationReport } from "./report.ts";

/** Whether the reported work may be done, and who said so: people, or the policy in their place. */
export type Approval = HumanApproval | { kind: "policy"; reason: string };

/** Asks for one report. Throws `environment-unprotected` or `not-approved`. */
export type Approve = (report: InvestigationReport) => Promise<Approval>;

/** Asks who approved this run for a report. */
export async function approveReport(
  ports: Pick<Ports, "dispatch" | "audit" | "log">,
  inputs: Pick<ActInputs, "environment" | "allowUnprotected" | "allowedApprovers">,
  run: Run,
  _report: InvestigationReport,
): Promise<Approval> {
  return await passGate(ports, { ...inputs, run });
}

/** The login of whoever approved, or `policy`; `null` where nobody did. */
export function approverOf(approval: Approval | null): string | null {
  if (approval?.kind === "approved") return approval.by;
  return approval?.kind === "policy" ? "policy" : null;
}
