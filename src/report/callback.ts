import { createHash } from "node:crypto";
import type { Delivery } from "../ports.ts";
import type { FinalReport } from "./report.ts";
import { taskResultOf } from "./task-result.ts";

/** The result as it is told to a callback. Its id depends on the task, the attempt and the run alone. */
export function deliveryOf(report: FinalReport): Delivery {
  const { issue, taskId, attempt, run } = report;
  const end = [issue?.repository.toLowerCase(), issue?.number, taskId, attempt, run.url];
  return { id: uuidOf(JSON.stringify(end)), body: JSON.stringify(taskResultOf(report)) };
}

/** A UUID of version 8 (RFC 9562): its bits are a hash of the name. */
function uuidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
