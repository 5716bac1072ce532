import { fence } from "../fences.ts";
import { harmlessMarkdown, harmlessText, inlineCode } from "../harmless.ts";
import { fitText } from "../report/fit.ts";
import { blocks, facts, noteList, section } from "../report/markdown.ts";
import type { Investigated } from "./investigated.ts";
import { renderEnd } from "./render-end.ts";
import type { InvestigationReport } from "./report.ts";

/** Bytes. */
const ANALYSIS_ROOM = 20_000;
const CONTEXT_ROOM = 8000;

/**
 * The findings for people, harmless wherever a workflow shows them: risk, confidence, context, issues, analysis. At most about
 * 50,000 bytes, so that a variable of a step can hold them. `place` puts the analysis where it is shown.
 */
export function renderFindings(
  { outcome, report }: Investigated,
  place: (analysis: string) => string = (analysis) => analysis,
): string {
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
    report && section("Analysis", renderAnalysis(report, place)),
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

function renderAnalysis(
  { analysis }: InvestigationReport,
  place: (analysis: string) => string,
): string | null {
  if (!analysis.trim()) return null;
  return fitText(analysis, ANALYSIS_ROOM, (part, isCut) =>
    blocks(
      place(harmlessMarkdown(part, { maxLength: Number.POSITIVE_INFINITY })),
      isCut
        ? "_The analysis was too long and is cut here: `investigation-report.json` has all of it._"
        : null,
    ),
  );
}
