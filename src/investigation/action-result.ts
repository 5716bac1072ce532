import { z } from "zod";
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
