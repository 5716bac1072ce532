import { harmlessMarkdown, inlineCode } from "../harmless.ts";
import { blocks, facts, listWithin, runLine, section, threadLink } from "../report/markdown.ts";
import { renderStat } from "../report/pull-request-body.ts";
import { parseStepResult } from "../step-files.ts";
import type { Run } from "../task.ts";
import type { AutoApproval } from "./investigate-outputs.ts";
import type { Investigated } from "./investigated.ts";
import { headlineOf } from "./render-end.ts";
import { renderFindings } from "./render-findings.ts";
import { showDiff, showWords } from "./render-work.ts";
import type { InvestigationReport } from "./report.ts";

/** Bytes. */
const PATHS_ROOM = 6000;

/** The job summary: what an approver reads before they approve. Less than 128 KiB. */
export function renderInvestigation(
  investigated: Investigated,
  run: Run,
  { approval, digest }: { approval: AutoApproval; digest: string },
): string {
  const { report, patch, stat } = investigated;
  return blocks(
    `## ${headlineOf(investigated)}`,
    // A quotation that it cannot leave: else it could write sections of its own, which look like those below.
    renderFindings(investigated, (analysis) => analysis.replace(/^/gm, "> ")),
    report && section("To be approved", renderSubject(report, approval, digest)),
    report && section("Title and commit message", renderWords(report)),
    section("Changes", stat && renderStat(stat)),
    report && section("Changed paths", renderPaths(report)),
    section("Diff", patch && showDiff(patch).text),
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

/** What is pushed beside the changes; `null` where nothing will be, of which the words may be the reason. */
function renderWords({ task, proposal, failure }: InvestigationReport): string | null {
  if (task === null || proposal?.kind !== "changes" || failure !== null) return null;
  return showWords(task, parseStepResult(JSON.stringify(proposal.result))).text;
}

function renderPaths({ proposal }: InvestigationReport): string | null {
  return listWithin(PATHS_ROOM, (proposal?.paths ?? []).map(inlineCode));
}
