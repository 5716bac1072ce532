import { resultMarker } from "../naming.ts";
import { blocks, runLine } from "./markdown.ts";
import { headlineOf, renderOutcome } from "./outcome.ts";
import type { FinalReport } from "./report.ts";
import { taskResultOf } from "./task-result.ts";

/** The one comment that tells of an attempt's end: for people, and by the marker at its end for machines. */
export function renderResultComment(report: FinalReport): string {
  return blocks(
    `### ${headlineOf(report)}`,
    renderOutcome(report),
    runLine(report.run, report.attempt),
    resultMarker(taskResultOf(report)),
  );
}
