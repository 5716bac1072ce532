import { FAILURES } from "../failure.ts";
import { createOnce } from "../once.ts";
import type { Ports } from "../ports.ts";
import type { FinalReport } from "../report/report.ts";
import { failureCodeOf } from "../report/task-result.ts";
import { countTries, type Job } from "./queue/queue.ts";

/** Says on the issue, once, that the task is not tried any more. A comment that cannot be written is a warning. */
export async function giveUp(
  { dispatch: github, clock, log }: Pick<Ports, "dispatch" | "clock" | "log">,
  report: FinalReport,
  job: Job,
): Promise<void> {
  const { repository, issueNumber } = job.dispatch;
  const tries = countTries(job);
  const code = failureCodeOf(report.outcome) ?? "unexpected";
  const body = [
    `⛔ **Given up after ${tries} ${tries === 1 ? "try" : "tries"}.** The last one ended with \`${code}\`: ${FAILURES[code].title}.`,
    `${FAILURES[code].remedy} Until somebody sets the label again or comments \`/agent retry\`, the task rests. Run: ${report.run.url}`,
  ].join("\n\n");
  const find = async () => {
    const comments = await github.comments(repository, issueNumber);
    return comments.find((comment) => comment.body === body)?.id ?? null;
  };
  const create = async () => (await github.createComment(repository, issueNumber, body)).id;
  await createOnce(clock, "Telling that the task is given up", create, find).catch((thrown: unknown) => {
    log.warning(`The issue does not say that its task is given up: ${String(thrown)}`);
  });
}
