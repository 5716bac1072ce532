import { z } from "zod";
import type { Outcome } from "../task.ts";
import { actionName } from "./report.ts";

/** What an action did, in its own words where it wrote them. */
export const ACTION_DETAILS = z.strictObject({
  action_type: z.string().min(1).max(100),
  affected_resources: z.array(z.string().max(1024)).max(200),
  rollback_available: z.boolean(),
  changes_made: z.array(z.string().max(2000)).max(200),
});

/** `action-result.json`: what became of an approved action; `docs/schemas/` publishes it. */
export const ACTION_RESULT = z.strictObject({
  /** When it ended. */
  timestamp: z.iso.datetime(),
  resource: z.string().min(1).max(1024),
  /** `null` where there was nothing to do. */
  action: actionName.nullable(),
  status: z.enum(["success", "failed", "skipped", "denied"]),
  latency_ms: z.number().int().nonnegative(),
  details: ACTION_DETAILS,
});
export type ActionResult = z.output<typeof ACTION_RESULT>;
export type ActionDetails = z.output<typeof ACTION_DETAILS>;

/** How the acting half can end: with a task's outcome, or with an operation that was carried out. */
export type ActOutcome = Outcome | { kind: "acted" };

/** What a machine reads of the end; nobody's consent is a denial, too. */
export function actionStatusOf(outcome: ActOutcome): ActionResult["status"] {
  const code = outcome.kind === "failed" ? outcome.code : null;
  if (code === "not-approved" || code === "environment-unprotected") return "denied";
  return STATUSES[outcome.kind];
}

const STATUSES: Record<ActOutcome["kind"], ActionResult["status"]> = {
  acted: "success",
  opened: "success",
  updated: "success",
  "no-changes": "skipped",
  "needs-input": "skipped",
  ignored: "skipped",
  duplicate: "skipped",
  denied: "denied",
  cancelled: "failed",
  failed: "failed",
};
