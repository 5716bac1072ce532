import "../adapters/event-file.ts";
import * as core from "@actions/core";
import { openAudit } from "../adapters/audit/open-audit.ts";
import { resendTrail } from "../adapters/audit/resend.ts";
import { readTrailState } from "../adapters/audit/state.ts";
import { systemClock } from "../adapters/clock.ts";
import { hasFinished } from "../adapters/finished.ts";
import { openJob } from "../adapters/job.ts";
import { readEventPayload, readWorkflow, type Workflow } from "../adapters/workflow.ts";
import { inputOf, openPorts } from "../adapters/world.ts";
import { unfinishedEntry } from "../audit/entries.ts";
import type { TrailState } from "../audit/trail.ts";
import { finalise } from "../finalise.ts";
import { readSettings, type Settings } from "../inputs.ts";
import { headlineOf } from "../report/outcome.ts";
import { readTrigger } from "../triggers/registry.ts";

/** GitHub gives a cancelled job five minutes; the end of a task is told well within. */
const DEADLINE_MS = 60_000;

const { redactor, log } = openJob();

async function post(): Promise<void> {
  const workflow = readWorkflow(process.env);
  const { run } = workflow;
  const isFinished = hasFinished(run, inputOf("token"));
  const main = readTrailState(run, inputOf("token"));
  if (isFinished && !main) return;
  const settings = readSettings(inputOf);
  try {
    // An operation has no issue that waits for its end.
    const isOfTask = inputOf("resource").trim() === "";
    if (!isFinished && isOfTask && !settings.dryRun) await finish(workflow, settings, main);
  } finally {
    if (main) await resendTrail(settings, main, { clock: systemClock, log });
  }
}

/** Ends the task of a main step that could not, under that one's trace, in a trail of its own. */
async function finish(workflow: Workflow, settings: Settings, main: TrailState | null): Promise<void> {
  const payload = readEventPayload();
  const own = { ...settings, auditFile: null, traceId: main?.traceId ?? settings.traceId };
  const cancellation = AbortSignal.timeout(DEADLINE_MS);
  const { redact } = redactor;
  const audit = openAudit(own, { ...workflow, payload }, { log, redact, cancellation });
  audit.record(unfinishedEntry(workflow.run.url));
  const world = openPorts(settings, workflow, { log, redactor, cancellation, audit });
  try {
    const trigger = readTrigger({ ...workflow, payload }, settings);
    const report = await finalise(world, settings, workflow.run, trigger);
    if (report) log.info(headlineOf(report));
  } finally {
    await world.close();
    const { problem } = await audit.close();
    if (problem) log.warning(problem);
  }
}

await post().catch((thrown: unknown) => {
  core.warning(redactor.redact(`The task's end could not be written; its next run will: ${String(thrown)}`));
});
