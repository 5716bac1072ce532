import { FAILURES } from "../failure.ts";
import { harmlessMarkdown, quoteText } from "../harmless.ts";
import { fitText } from "../report/fit.ts";
import { blocks } from "../report/markdown.ts";
import type { Investigated } from "./investigated.ts";

/** Bytes. */
const DETAIL_ROOM = 4000;
const QUOTE_ROOM = 8000;

/** How one of the halves ends, but for the acting half of a task. */
type HalfEnd = Investigated["outcome"] | { kind: "acted" };

/** One line that says how it ended. */
export function headlineOf({ outcome, report }: Investigated): string {
  switch (outcome.kind) {
    case "investigated":
      return `🔍 Investigated: ${report ? (ADVICE[report.recommendation] ?? "an action is proposed") : "nothing to do"}`;
    case "ignored":
      return `ℹ️ Ignored: ${outcome.reason}`;
    case "duplicate":
      return `ℹ️ Already taken care of: ${outcome.reason}`;
    case "denied":
      return `❌ ${FAILURES["not-permitted"].title}`;
    case "cancelled":
      return `❌ ${FAILURES.cancelled.title}`;
    case "failed":
      return `❌ ${FAILURES[outcome.code].title}`;
  }
}

const ADVICE: Record<string, string> = {
  safe_to_proceed: "safe to proceed",
  proceed_with_caution: "proceed with caution",
  manual_review_required: "a person must look closely",
};

/** Why it did not come to its end, and what to do about it; `null` where it did. */
export function renderEnd(outcome: HalfEnd): string | null {
  if (outcome.kind === "investigated" || outcome.kind === "acted") return null;
  const isFailure = outcome.kind === "failed";
  const detail = fitText(isFailure ? outcome.detail : outcome.reason, DETAIL_ROOM, (part, isCut) =>
    harmlessMarkdown(isCut ? `${part}…` : part, { maxLength: Number.POSITIVE_INFINITY }),
  );
  if (!isFailure) return detail;
  return blocks(
    `**Error:** ${detail} (\`${outcome.code}\`)`,
    outcome.quote && fitText(outcome.quote, QUOTE_ROOM, (part) => `It said:\n\n${quoteText(part)}`),
    `**What to do:** ${FAILURES[outcome.code].remedy}`,
  );
}
