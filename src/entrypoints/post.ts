import "../adapters/event-file.ts";
import * as core from "@actions/core";
import { createConsoleLog } from "../adapters/console.ts";
import { hasFinished } from "../adapters/finished.ts";
import { readEventPayload, readWorkflow } from "../adapters/workflow.ts";
import { concealInputs, inputOf, openPorts } from "../adapters/world.ts";
import { finalise } from "../finalise.ts";
import { readSettings } from "../inputs.ts";
import { createRedactor } from "../redact.ts";
import { headlineOf } from "../report/outcome.ts";
import { readTrigger } from "../triggers/registry.ts";

/** GitHub gives a cancelled job five minutes; the end of a task is told well within. */
const DEADLINE_MS = 60_000;

const redactor = createRedactor();
concealInputs(redactor);
const log = createConsoleLog(redactor.redact);

async function post(): Promise<void> {
  const workflow = readWorkflow(process.env);
  if (hasFinished(workflow.run, inputOf("token"))) return;
  const settings = readSettings(inputOf);
  if (settings.dryRun) return;
  const world = openPorts(settings, workflow, {
    log,
    redactor,
    cancellation: AbortSignal.timeout(DEADLINE_MS),
  });
  try {
    const trigger = readTrigger({ ...workflow, payload: readEventPayload() }, settings);
    const report = await finalise(world, settings, workflow.run, trigger);
    if (report) log.info(headlineOf(report));
  } finally {
    await world.close();
  }
}

await post().catch((thrown: unknown) => {
  core.warning(redactor.redact(`The task's end could not be written; its next run will: ${String(thrown)}`));
});
