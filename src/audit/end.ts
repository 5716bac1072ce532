import { inlineCode } from "../harmless.ts";
import type { AuditEnd } from "./trail.ts";

/** The trail in one line (Markdown): whoever keeps the head can tell later that the file lacks nothing. */
export function describeTrail({ traceId, events, head, undelivered }: AuditEnd): string {
  const left = undelivered > 0 ? `, ${undelivered} of them not delivered yet` : "";
  return `Audit trail: trace ${inlineCode(traceId)}, ${events} events${left}, head \`${head}\``;
}
