import { asFailure, failedOutcome, type TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import type { Ports } from "../ports.ts";
import { NO_FINDINGS } from "../prepare.ts";
import type { Outcome, Run } from "../task.ts";
import type { FinalReport } from "./report.ts";
import { createReporter, type Reporter } from "./reporter.ts";

/** What the whole work of a run is done with. */
export interface RunContext {
  ports: Ports;
  settings: Settings;
  run: Run;
  reporter: Reporter;
}

/** Reports the one visible end of whatever work is done for a task. Never throws. */
export async function reported(
  given: Omit<RunContext, "reporter">,
  work: (context: RunContext) => Promise<Outcome>,
): Promise<FinalReport> {
  const { ports, settings, run } = given;
  const reporter = createReporter(ports, settings, run);
  let outcome: Outcome;
  try {
    outcome = await work({ ...given, reporter });
  } catch (thrown) {
    outcome = failedOutcome(failureOf(ports, thrown), reporter.progress.current);
  }
  return await reporter.finish(outcome);
}

/** The report of a run that could not even begin: a bad input or event. */
export function reportOfNothing(run: Run, thrown: unknown): FinalReport {
  const outcome = failedOutcome(asFailure(thrown), "authorise");
  const { situation: _, ...nothing } = NO_FINDINGS;
  return { ...nothing, stages: [], run, outcome, attempt: 1 };
}

/** What a run failed with; of a bug, the log gets the stack. */
export function failureOf(
  { cancellation, log }: Pick<Ports, "cancellation" | "log">,
  thrown: unknown,
): TaskFailure {
  const failure = asFailure(cancellation.aborted ? cancellation.reason : thrown);
  if (failure.code === "unexpected") log.info(stackOf(failure));
  return failure;
}

function stackOf({ cause, stack }: TaskFailure): string {
  return (cause instanceof Error ? cause.stack : stack) ?? String(cause);
}
