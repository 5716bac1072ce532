import "../adapters/event-file.ts";
import { createConsoleLog } from "../adapters/console.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { saveFinished } from "../adapters/finished.ts";
import { failRun, publish } from "../adapters/publish.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readEventPayload, readWorkflow, type Workflow } from "../adapters/workflow.ts";
import { concealInputs, inputOf, openPorts, type World } from "../adapters/world.ts";
import { rehearsing, withoutWrites } from "../dry-run.ts";
import { readSettings } from "../inputs.ts";
import { createRedactor } from "../redact.ts";
import type { FinalReport, Rehearsed } from "../report/report.ts";
import { reportOfNothing, runTask } from "../run-task.ts";
import { readTrigger } from "../triggers/registry.ts";

const redactor = createRedactor();
concealInputs(redactor);
const log = createConsoleLog(redactor.redact);
const files = watchFileCommands(process.env);
const cancellation = cancelledBySignal();
const rehearsed: Rehearsed[] = [];

async function runWorkflow(workflow: Workflow): Promise<FinalReport> {
  const { run } = workflow;
  let world: World | null = null;
  try {
    const settings = readSettings(inputOf);
    world = openPorts(settings, workflow, { log, redactor, cancellation });
    const trigger = readTrigger({ ...workflow, payload: readEventPayload() }, settings);
    if (!settings.dryRun) return await runTask(world, settings, run, trigger);
    const report = await runTask(
      rehearsing(world, (write) => rehearsed.push(write)),
      settings,
      run,
      trigger,
    );
    return { ...report, pushed: null, outcome: withoutWrites(report.outcome) };
  } catch (thrown) {
    return reportOfNothing(run, thrown);
  } finally {
    await world?.close();
  }
}

async function main(): Promise<void> {
  const workflow = readWorkflow(process.env);
  publish(await runWorkflow(workflow), rehearsed, { redact: redactor.redact, files, ...workflow });
  saveFinished(files, workflow.run, inputOf("token"));
}

await main().catch((thrown: unknown) => failRun(thrown, redactor));
