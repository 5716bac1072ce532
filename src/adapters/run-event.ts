import { outcomeEntry } from "../audit/entries.ts";
import type { AuditEnd, Trail } from "../audit/trail.ts";
import type { Settings } from "../inputs.ts";
import type { Outcome } from "../task.ts";
import { openAudit } from "./audit/open-audit.ts";
import { saveTrailState } from "./audit/state.ts";
import type { Job } from "./job.ts";
import { readEventPayload, type Workflow } from "./workflow.ts";
import { inputOf, openPorts, type World } from "./world.ts";

/** What an action reads of its inputs: those of the main action, and its own where it has any. */
interface Given {
  settings: Settings;
}

/** A run whose inputs and event could be read. */
export type Begun<Inputs extends Given = Given> = Inputs & {
  world: World;
  event: Workflow & { payload: unknown };
  traceId: string;
};

/** What an action makes of its run; `Ended` is what it tells its workflow. */
export interface EventRun<Inputs extends Given, Ended> {
  /** Throws `invalid-input`. */
  read(): Inputs;
  work(begun: Begun<Inputs>): Promise<Ended>;
  /** The end of a run that could not begin (then the trace has no id), or whose work threw. Never throws. */
  refuse(thrown: unknown, traceId: string): Promise<{ ended: Ended; outcome: Outcome }>;
}

/**
 * Runs an event's work with the ports that its inputs allow and within its audit trail, and closes both. The trail's end is
 * `null` where the run could not begin.
 */
export async function runEvent<Inputs extends Given, Ended>(
  { redactor, log, commands, cancellation }: Job & { cancellation: AbortSignal },
  workflow: Workflow,
  { read, work, refuse }: EventRun<Inputs, Ended>,
): Promise<{ ended: Ended; audit: AuditEnd | null }> {
  const { run } = workflow;
  const saveState = saveTrailState.bind(null, commands, run, inputOf("token"));
  let trail: Trail | null = null;
  let ended: Ended;
  try {
    const given = read();
    const event = { ...workflow, payload: readEventPayload() };
    trail = openAudit(given.settings, event, { log, redact: redactor.redact, cancellation, saveState });
    const world = openPorts(given.settings, workflow, { log, redactor, cancellation, audit: trail });
    try {
      ended = await work({ ...given, world, event, traceId: trail.traceId });
    } finally {
      await world.close();
    }
  } catch (thrown) {
    const refused = await refuse(thrown, trail?.traceId ?? "");
    trail?.record(outcomeEntry(refused.outcome, run.url));
    ended = refused.ended;
  }
  return { ended, audit: (await trail?.close()) ?? null };
}
