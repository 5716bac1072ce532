import { inlineCode } from "../harmless.ts";
import { statusMarker } from "../naming.ts";
import { STAGES, type Stage } from "../task.ts";
import { blocks, duration, durationOf, runLine, STAGE_NAMES } from "./markdown.ts";
import { headlineOf } from "./outcome.ts";
import type { FinalReport, Report } from "./report.ts";
import { failureCodeOf } from "./task-result.ts";

/** The comment that is edited as the stages go by: what is done, what goes on, how it ended. */
export function renderStatusComment(report: Report): string {
  const { run, attempt, taskId } = report;
  return blocks(
    `### 🤖 ${report.outcome ? "The run has ended" : "Working on it"}`,
    STAGES.map((stage) => stageLine(report, stage)).join("\n"),
    isFinal(report) ? `**${headlineOf(report)}**` : null,
    `${describeTask(report)}${runLine(run, attempt)}`,
    statusMarker(taskId),
  );
}

function describeTask({ taskId, task }: Report): string {
  const to = task ? ` → ${inlineCode(task.target.repository)}` : "";
  return taskId === null ? "" : `Task ${inlineCode(taskId)}${to} · `;
}

/** A stage as a line of the checklist: done, going on, stopped, still to come, or never reached. */
export function stageLine({ stages, outcome }: Report, stage: Stage): string {
  const name = STAGE_NAMES[stage];
  const time = stages.find((entered) => entered.stage === stage);
  if (!time) return `- [ ] ${outcome ? `~~${name}~~` : name}`;
  const took = durationOf(time);
  if (took === null) return `- [ ] **${name}** …`;
  const isStopped = outcome !== null && failureCodeOf(outcome) !== null && time === stages.at(-1);
  return isStopped ? `- [ ] ❌ ${name} · ${duration(took)}` : `- [x] ${name} · ${duration(took)}`;
}

function isFinal(report: Report): report is FinalReport {
  return report.outcome !== null;
}
