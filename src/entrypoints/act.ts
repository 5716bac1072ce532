import "../adapters/event-file.ts";
import { createArtifacts } from "../adapters/artifacts.ts";
import { createConsoleLog } from "../adapters/console.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { saveFinished } from "../adapters/finished.ts";
import { handOver } from "../adapters/hand-over.ts";
import { failRun } from "../adapters/publish.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readEventPayload, readWorkflow, type Workflow } from "../adapters/workflow.ts";
import { concealInputs, inputOf, openPorts, type World } from "../adapters/world.ts";
import { readInputs } from "../input-kinds.ts";
import { actOnTask } from "../investigation/act-on-task.ts";
import { handOverActedOnTask } from "../investigation/act-outputs.ts";
import { approveReport } from "../investigation/approval.ts";
import type { Handover } from "../investigation/handover.ts";
import { ACT_INPUTS, readSettingsOf } from "../investigation/inputs.ts";
import { createRedactor } from "../redact.ts";
import { reportOfNothing } from "../run-task.ts";
import { readTrigger } from "../triggers/registry.ts";

const redactor = createRedactor();
concealInputs(redactor);
const log = createConsoleLog(redactor.redact);
const commands = watchFileCommands(process.env);
const cancellation = cancelledBySignal();

async function runWorkflow(workflow: Workflow): Promise<Handover> {
  const { run } = workflow;
  const told = { traceId: "", startedAt: new Date(), fallbackResource: workflow.repository };
  let world: World | null = null;
  try {
    const settings = readSettingsOf(ACT_INPUTS, inputOf);
    const inputs = readInputs(ACT_INPUTS, inputOf);
    const ports = openPorts(settings, workflow, { log, redactor, cancellation });
    world = ports;
    const trigger = readTrigger({ ...workflow, payload: readEventPayload() }, settings);
    const approve = approveReport.bind(null, ports, inputs, run);
    return handOverActedOnTask(
      await actOnTask(ports, settings, run, trigger, { files: inputs, approve }),
      told,
    );
  } catch (thrown) {
    return handOverActedOnTask({ report: reportOfNothing(run, thrown), approval: null }, told);
  } finally {
    await world?.close();
  }
}

async function main(): Promise<void> {
  const workflow = readWorkflow(process.env);
  const artifacts = createArtifacts(workflow);
  const { redact } = redactor;
  await handOver(await runWorkflow(workflow), "agent-runner-action", { artifacts, commands, redact });
  saveFinished(commands, workflow.run, inputOf("token"));
}

await main().catch((thrown: unknown) => failRun(thrown, redactor));
