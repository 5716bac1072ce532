import { harmlessLine, inlineCode } from "../harmless.ts";
import type { Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import { askPolicy } from "./ask-policy.ts";
import { findRejection, type HumanApproval, passGate } from "./gate.ts";
import type { ActInputs } from "./inputs.ts";
import type { InvestigationReport } from "./report.ts";

/** Whether the reported work may be done, and who said so: people, or the policy in their place. */
export type Approval = HumanApproval | { kind: "policy" | "denied"; reason: string };

/** Asks for one report. Throws `environment-unprotected`, `not-approved` or `invalid-policy`. */
export type Approve = (report: InvestigationReport) => Promise<Approval>;

/** Asks the policy as it is now, then who approved this run: nobody can approve what the policy denies, nor it what they rejected. */
export async function approveReport(
  ports: Pick<Ports, "dispatch" | "git" | "audit" | "log">,
  inputs: Pick<
    ActInputs,
    | "environment"
    | "approvalResult"
    | "allowUnprotected"
    | "allowedApprovers"
    | "operationsPolicy"
    | "reportDigest"
  >,
  run: Run,
  report: InvestigationReport,
): Promise<Approval> {
  const decision = await askPolicy(ports, inputs, run, report);
  if (decision?.kind === "denied") return { kind: "denied", reason: decision.reason };
  const gate = { ...inputs, run };
  if (decision?.kind === "approved")
    return (await findRejection(ports, gate)) ?? { kind: "policy", reason: decision.reason };
  return await passGate(ports, gate);
}

/** The login of whoever approved, or `policy`; `null` where nobody did. */
export function approverOf(approval: Approval | null): string | null {
  if (approval?.kind === "approved") return approval.by;
  return approval?.kind === "policy" ? "policy" : null;
}

/** Why the work may not be done (Markdown); `null` where it may. */
export function refusalOf(approval: Approval): string | null {
  if (approval.kind === "denied") return approval.reason;
  if (approval.kind !== "rejected") return null;
  const { by, comment } = approval;
  return `${inlineCode(by)} rejected it${comment.trim() ? `: ${harmlessLine(comment, 500)}` : ""}`;
}
