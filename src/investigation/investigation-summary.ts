import { FAILURES } from "../failure.ts";
import { fence } from "../fences.ts";
import { harmlessMarkdown, harmlessText, inlineCode, quoteText } from "../harmless.ts";
import { fitText } from "../report/fit.ts";
import { blocks, noteList, runLine, section, table, threadLink } from "../report/markdown.ts";
import { renderStat } from "../report/pull-request-body.ts";
import type { Run } from "../task.ts";
import type { AutoApproval } from "./investigate-outputs.ts";
import type { Investigated } from "./investigated.ts";
import type { InvestigationReport } from "./report.ts";

const LONGEST_ANALYSIS = 20_000;
const LONGEST_DETAIL = 4000;
const QUOTE_ROOM = 8000;
/** Bytes of the diff: GitHub takes 1 MiB of summary a step. */
const DIFF_ROOM = 400_000;
const PATHS_SHOWN = 200;
const CONTEXT_ROOM = 8000;

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

/** The findings for people, harmless wherever a workflow shows them: risk, confidence, context, issues, analysis. */
export function renderFindings(investigated: Investigated): string {
  return renderFound(investigated, (analysis) => analysis);
}

function renderFound({ outcome, report }: Investigated, place: (analysis: string) => string): string {
  const analysis = report && harmlessMarkdown(report.analysis, { maxLength: LONGEST_ANALYSIS });
  return blocks(
    renderEnd(outcome),
    report &&
      facts([
        ["Resource", inlineCode(report.resource)],
        ["Action", report.action && inlineCode(report.action)],
        ["Recommendation", inlineCode(report.recommendation)],
        ["Safe to proceed", report.safe_to_proceed ? "yes" : "**no**"],
        ["Risk", report.risk_level],
        ["Confidence", String(report.confidence)],
      ]),
    report && section("Context", renderContext(report)),
    report && section("Issues found", noteList(report.issues_found)),
    section("Analysis", analysis && place(analysis)),
  );
}

/** An operation's context, which its action's command reads; `null` where there is none. */
function renderContext({ context }: InvestigationReport): string | null {
  if (Object.keys(context).length === 0) return null;
  return fitText(JSON.stringify(context, null, 2), CONTEXT_ROOM, (part, isCut) =>
    blocks(
      fence(harmlessText(part), "json"),
      isCut ? "_The context was too long and is cut here: `investigation-report.json` has all of it._" : null,
    ),
  );
}

/** The job summary: what an approver reads before they approve. */
export function renderInvestigation(
  investigated: Investigated,
  run: Run,
  { approval, digest }: { approval: AutoApproval; digest: string },
): string {
  const { report, patch, stat } = investigated;
  return blocks(
    `## ${headlineOf(investigated)}`,
    // A quotation that it cannot leave: else it could write sections of its own, which look like those below.
    renderFound(investigated, (analysis) => analysis.replace(/^/gm, "> ")),
    report && section("To be approved", renderSubject(report, approval, digest)),
    section("Changes", stat && renderStat(stat)),
    report && section("Changed paths", renderPaths(report)),
    section("Diff", patch && renderDiff(patch)),
    runLine(run, report?.task?.attempt ?? 1),
  );
}

/** Why it did not come to its end, and what to do about it; `null` where it did. */
export function renderEnd(outcome: HalfEnd): string | null {
  if (outcome.kind === "investigated" || outcome.kind === "acted") return null;
  const isFailure = outcome.kind === "failed";
  const detail = harmlessMarkdown(isFailure ? outcome.detail : outcome.reason, { maxLength: LONGEST_DETAIL });
  if (!isFailure) return detail;
  return blocks(
    `**Error:** ${detail} (\`${outcome.code}\`)`,
    outcome.quote && fitText(outcome.quote, QUOTE_ROOM, (part) => `It said:\n\n${quoteText(part)}`),
    `**What to do:** ${FAILURES[outcome.code].remedy}`,
  );
}

function renderSubject(report: InvestigationReport, approval: AutoApproval, digest: string): string {
  const { task, base_commit, expires_at } = report;
  return facts([
    ["Task", task && inlineCode(task.taskId)],
    ["Issue", task && threadLink(task.issue.repository, task.issue)],
    [
      "Target",
      task &&
        `${inlineCode(task.target.repository)}, ${inlineCode(task.branch)} → ${inlineCode(task.target.base)}`,
    ],
    ["Base commit", base_commit && inlineCode(base_commit)],
    [
      "Approval",
      `${approval.approved ? "by policy" : "by a person"}: ${harmlessMarkdown(approval.reason, { maxLength: 500 })}`,
    ],
    ["Report", inlineCode(digest)],
    ["To be acted on until", expires_at],
  ]);
}

function renderPaths({ proposal }: InvestigationReport): string | null {
  const paths = proposal?.paths ?? [];
  const lines = paths.slice(0, PATHS_SHOWN).map((path) => `- ${inlineCode(path)}`);
  const left = paths.length - lines.length;
  return [...lines, ...(left > 0 ? [`- … and ${left} more`] : [])].join("\n") || null;
}

function renderDiff(patch: Uint8Array): string {
  // A carriage return within a line would show its end as a line of its own, which could pass for an unchanged or a deleted one.
  const text = new TextDecoder().decode(patch).replaceAll("\r\n", "\n").replaceAll("\r", String.raw`\u{d}`);
  return fitText(text, DIFF_ROOM, (part, isCut) =>
    blocks(
      fence(harmlessText(part), "diff"),
      isCut ? "_The diff was too long and is cut here: `proposal.patch` has all of it._" : null,
    ),
  );
}

/** A table without a head; rows without a value are left out. */
export function facts(rows: [string, string | null][]): string {
  return table(
    ["", ""],
    rows.flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}
