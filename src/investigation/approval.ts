import { TaskFailure } from "../failure.ts";
import type { Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import type { ActInputs } from "./inputs.ts";
import type { InvestigationReport } from "./report.ts";

/** Whether the reported work may be done, and who said so. `unprotected`: nobody was asked, as the workflow wants it. */
export type Approval =
  | { kind: "approved"; by: string; comment: string }
  | { kind: "policy"; reason: string }
  | { kind: "unprotected" }
  | { kind: "rejected"; by: string; comment: string };

/** Asks the policy, then the people. Throws `environment-unprotected` or `not-approved`. */
export type Approve = (report: InvestigationReport) => Promise<Approval>;

/** The approval of one report of this run. */
export async function approveReport(
  _ports: Pick<Ports, "dispatch" | "audit" | "log">,
  { environment, allowUnprotected }: Pick<ActInputs, "environment" | "allowUnprotected">,
  _run: Run,
  _report: InvestigationReport,
): Promise<Approval> {
  if (allowUnprotected) return { kind: "unprotected" };
  throw new TaskFailure("environment-unprotected", `Nobody is asked for \`${environment}\` yet.`);
}

/** The login of whoever approved, or `policy`; `null` where nobody did. */
export function approverOf(approval: Approval | null): string | null {
  if (approval?.kind === "approved") return approval.by;
  return approval?.kind === "policy" ? "policy" : null;
}
