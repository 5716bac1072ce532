import { harmlessMarkdown, inlineCode } from "../harmless.ts";
import { blocks, facts, listWithin, runLine, section, threadLink } from "../report/markdown.ts";
import { renderStat } from "../report/pull-request-body.ts";
import type { Run } from "../task.ts";
import type { AutoApproval } from "./investigate-outputs.ts";
import type { Investigated } from "./investigated.ts";
import { headlineOf } from "./render-end.ts";
import { renderFindings } from "./render-findings.ts";
import type { InvestigationReport } from "./report.ts";

/** Bytes. */
const PATHS_ROOM = 6000;

/** The job summary: what an approver reads before they approve. Less than 128 KiB. */
export function renderInvestigation(
  investigated: Investigated,
  run: Run,
  { approval, digest }: { approval: AutoApproval; digest: string },
): string {
  const { report, stat, shown } = investigated;
  return blocks(
    `## ${headlineOf(investigated)}`,
    // A quotation that it cannot leave: else it could write sections of its own, which look like those below.
    renderFindings(investigated, (analysis) => analysis.replace(/^/gm, "> ")),
    report && section("To be approved", renderSubject(report, approval, digest)),
    shown && section("Title and commit message", shown.words),
    section("Changes", stat && renderStat(stat)),
    report && section("Changed paths", renderPaths(report)),
    shown && section("Diff", shown.diff),
    runLine(run, report?.task?.attempt ?? 1),
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
  return listWithin(PATHS_ROOM, (proposal?.paths ?? []).map(inlineCode));
}
