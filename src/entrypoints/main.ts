import "../adapters/event-file.ts";
import { openAudit } from "../adapters/audit/open-audit.ts";
import { saveTrailState } from "../adapters/audit/state.ts";
import { createConsoleLog } from "../adapters/console.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { saveFinished } from "../adapters/finished.ts";
import { failRun, publish } from "../adapters/publish.ts";
import { refuseEvent } from "../adapters/refuse-event.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readEventPayload, readWorkflow, type Workflow } from "../adapters/workflow.ts";
import { concealInputs, inputOf, openPorts } from "../adapters/world.ts";
import { outcomeEntry } from "../audit/entries.ts";
import type { AuditEnd, Trail } from "../audit/trail.ts";
import { rehearsing, withoutWrites } from "../dry-run.ts";
import { readSettings, type Settings } from "../inputs.ts";
import { createRedactor } from "../redact.ts";
import type { FinalReport, Rehearsed } from "../report/report.ts";
import { runTask } from "../run-task.ts";
import { readTrigger } from "../triggers/registry.ts";

const redactor = createRedactor();
concealInputs(redactor);
const log = createConsoleLog(redactor.redact);
const files = watchFileCommands(process.env);
const cancellation = cancelledBySignal();
const rehearsed: Rehearsed[] = [];

interface Ended {
  report: FinalReport;
  /** `null` for a run that could not even begin. */
  audit: AuditEnd | null;
}

async function runWorkflow(workflow: Workflow): Promise<Ended> {
  const { run } = workflow;
  let trail: Trail | null = null;
  const ended = async (report: FinalReport) => ({ report, audit: (await trail?.close()) ?? null });
  const saveState = saveTrailState.bind(null, files, run, inputOf("token"));
  try {
    const settings = readSettings(inputOf);
    const payload = readEventPayload();
    trail = openAudit(
      settings,
      { ...workflow, payload },
      { log, redact: redactor.redact, cancellation, saveState },
    );
    return await ended(await runEvent(workflow, settings, payload, trail));
  } catch (thrown) {
    const report = await refuseEvent(workflow, thrown, { log, redactor, cancellation });
    trail?.record(outcomeEntry(report.outcome, run.url));
    return await ended(report);
  }
}

async function runEvent(
  workflow: Workflow,
  settings: Settings,
  payload: unknown,
  audit: Trail,
): Promise<FinalReport> {
  const { run } = workflow;
  const world = openPorts(settings, workflow, { log, redactor, cancellation, audit });
  try {
    const trigger = readTrigger({ ...workflow, payload }, settings);
    if (!settings.dryRun) return await runTask(world, settings, run, trigger);
    const rehearsal = rehearsing(world, (write) => rehearsed.push(write));
    const report = await runTask(rehearsal, settings, run, trigger);
    return { ...report, pushed: null, outcome: withoutWrites(report.outcome) };
  } finally {
    await world.close();
  }
}

async function main(): Promise<void> {
  const workflow = readWorkflow(process.env);
  const { report, audit } = await runWorkflow(workflow);
  publish(report, rehearsed, { redact: redactor.redact, files, audit, ...workflow });
  saveFinished(files, workflow.run, inputOf("token"));
}

await main().catch((thrown: unknown) => failRun(thrown, redactor));
