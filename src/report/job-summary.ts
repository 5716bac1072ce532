import { fence } from "../fences.ts";
import { inlineCode, takeStart } from "../harmless.ts";
import { showInvisible } from "../invisible.ts";
import { STAGES } from "../task.ts";
import { blocks, duration, durationOf, runLine, section, table, threadLink } from "./markdown.ts";
import { headlineOf, renderOutcome } from "./outcome.ts";
import { renderStat } from "./pull-request-body.ts";
import type { FinalReport, Rehearsed } from "./report.ts";
import { stageLine } from "./status-comment.ts";

/** Characters of each text in a rehearsal: GitHub shows up to 1 MiB of summary a step. */
const LONGEST_REHEARSED = 60_000;

/**
 * The run's page for people: the result, its facts in a table, the stages. `rehearsed` is what a dry run would have written,
 * `trail` a line about the audit trail.
 */
export function renderJobSummary(
  report: FinalReport,
  rehearsed: readonly Rehearsed[] | null,
  trail: string | null = null,
): string {
  const { stat } = report;
  return blocks(
    `## ${headlineOf(report)}`,
    renderOutcome(report),
    factTable(report),
    STAGES.map((stage) => stageLine(report, stage)).join("\n"),
    trail,
    section("Changes", stat && renderStat(stat)),
    rehearsed && rehearsal(rehearsed),
    runLine(report.run, report.attempt),
  );
}

function factTable(report: FinalReport): string {
  const { outcome, issue, task, taskId, attempt, stages } = report;
  const pushed = "pullRequest" in outcome ? outcome : null;
  const took = stages.reduce((sum, stage) => sum + (durationOf(stage) ?? 0), 0);
  const facts: [string, string | null][] = [
    ["Task", taskId && inlineCode(taskId)],
    ["Issue", issue && threadLink(issue.repository, issue)],
    ["Target", task && inlineCode(task.target.repository)],
    ["Branch", task && inlineCode(task.branch)],
    ["Commit", pushed && inlineCode(pushed.commit)],
    ["Pull request", task && pushed && threadLink(task.target.repository, pushed.pullRequest)],
    ["Attempt", String(attempt)],
    ["Duration", duration(took)],
  ];
  return table(
    ["", ""],
    facts.flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}

function rehearsal(rehearsed: readonly Rehearsed[]): string {
  const parts = rehearsed.map(({ what, text, format }) =>
    blocks(`#### ${what}`, text ? fence(showCut(text), format) : null),
  );
  return blocks("### Dry run: nothing was written", ...parts);
}

function showCut(text: string): string {
  const shown = showInvisible(text.replaceAll("\r\n", "\n"));
  return shown.length <= LONGEST_REHEARSED ? shown : `${takeStart(shown, LONGEST_REHEARSED)}\n… (cut here)`;
}
