import { createOnce, repeatWrite } from "../once.ts";
import type { Ports } from "../ports.ts";
import { type PastResult, readSituation } from "../situation.ts";
import type { Issue } from "../task.ts";
import type { FinalReport } from "./report.ts";
import { renderResultComment } from "./result-comment.ts";

type Needs = Pick<Ports, "dispatch" | "clock">;

/**
 * Writes the attempt's one result comment. Where no claim kept other runs away (the task never got that far),
 * the oldest of equal results stays and the others take theirs back.
 */
export async function writeResult(
  ports: Needs,
  report: FinalReport,
  past: PastResult[],
  claimed: boolean,
): Promise<void> {
  const { issue, taskId, outcome } = report;
  if (!issue) return;
  if (isToldDenial(report, past)) return;
  const isNew = (result: PastResult) => past.every(({ commentId }) => commentId !== result.commentId);
  const findNew = async () => (await readSituation(ports, issue, taskId)).results.filter(isNew);
  const own = await createOnce(
    ports.clock,
    "Writing the result",
    async () =>
      (await ports.dispatch.createComment(issue.repository, issue.number, renderResultComment(report))).id,
    async () => (await findNew()).find(({ runUrl }) => runUrl === report.run.url)?.commentId ?? null,
  );
  if (claimed) return;
  const equal = (await findNew()).filter((result) => result.outcome === outcome.kind);
  await giveWay(ports, issue, own, equal);
}

/** That somebody was denied is told once for each issue, not to everybody who tries again. */
export function isToldDenial({ outcome }: FinalReport, past: PastResult[]): boolean {
  return outcome.kind === "denied" && past.some((result) => result.outcome === "denied");
}

async function giveWay(
  { dispatch, clock }: Needs,
  { repository }: Issue,
  own: number,
  results: PastResult[],
): Promise<void> {
  const oldest = Math.min(own, ...results.map(({ commentId }) => commentId));
  if (oldest === own) return;
  await repeatWrite(clock, "Taking the result back", () => dispatch.deleteComment(repository, own));
}
