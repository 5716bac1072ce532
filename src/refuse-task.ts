import { failedOutcome, type TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import type { Ports } from "./ports.ts";
import { prepare } from "./prepare.ts";
import type { FinalReport } from "./report/report.ts";
import { reportOfNothing } from "./report/reported.ts";
import { createReporter } from "./report/reporter.ts";
import type { Run, Trigger } from "./task.ts";

/**
 * Ends an event's task with the reason why its run cannot begin, and tells the issue, where the sender may start tasks and the
 * event asks for something new. Everybody else learns of it from the run alone.
 */
export async function refuseTask(
  ports: Ports,
  settings: Settings,
  run: Run,
  trigger: Trigger,
  failure: TaskFailure,
): Promise<FinalReport> {
  if (trigger.kind !== "dispatch") return reportOfNothing(run, failure);
  const reporter = createReporter(ports, settings, run);
  const { findings } = reporter;
  const prepared = await prepare(ports, settings, run, trigger.dispatch, findings).catch(() => null);
  // Past the situation nobody is turned away any more but by what the task itself says.
  const isAsked = prepared ? prepared.kind === "ready" : findings.situation !== null;
  if (!isAsked) return reportOfNothing(run, failure);
  return await reporter.finish(failedOutcome(failure, "authorise"));
}
