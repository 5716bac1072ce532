import "../adapters/event-file.ts";
import { createArtifacts } from "../adapters/artifacts.ts";
import { openAudit } from "../adapters/audit/open-audit.ts";
import { saveTrailState } from "../adapters/audit/state.ts";
import { createConsoleLog } from "../adapters/console.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { saveFinished } from "../adapters/finished.ts";
import { handOver } from "../adapters/hand-over.ts";
import { failRun } from "../adapters/publish.ts";
import { refuseEvent } from "../adapters/refuse-event.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readEventPayload, readWorkflow, type Workflow } from "../adapters/workflow.ts";
import { concealInputs, inputOf, openPorts, type World } from "../adapters/world.ts";
import { outcomeEntry } from "../audit/entries.ts";
import type { Trail } from "../audit/trail.ts";
import { readInputs } from "../input-kinds.ts";
import { actOnOperation } from "../investigation/act-on-operation.ts";
import { actOnTask } from "../investigation/act-on-task.ts";
import { handOverActedOnTask } from "../investigation/act-outputs.ts";
import { approveReport } from "../investigation/approval.ts";
import { type Handover, withTrail } from "../investigation/handover.ts";
import { ACT_INPUTS, readSettingsOf } from "../investigation/inputs.ts";
import { handOverActedOnOperation } from "../investigation/operation-outputs.ts";
import { createRedactor } from "../redact.ts";
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
  let trail: Trail | null = null;
  const ended = async (handover: Handover) => withTrail(handover, (await trail?.close()) ?? null);
  const saveState = saveTrailState.bind(null, commands, run, inputOf("token"));
  try {
    const settings = readSettingsOf(ACT_INPUTS, inputOf);
    const inputs = readInputs(ACT_INPUTS, inputOf);
    const payload = readEventPayload();
    trail = openAudit(
      settings,
      { ...workflow, payload },
      { log, redact: redactor.redact, cancellation, saveState },
    );
    told.traceId = trail.traceId;
    const ports = openPorts(settings, workflow, { log, redactor, cancellation, audit: trail });
    world = ports;
    const event = { ...workflow, payload };
    const { resource } = inputs;
    if (resource) {
      const acted = await actOnOperation(ports, settings, { ...inputs, resource }, run, event);
      return await ended(handOverActedOnOperation(acted, run, { ...told, resource, endedAt: new Date() }));
    }
    const trigger = readTrigger(event, settings);
    const approve = approveReport.bind(null, ports, inputs, run);
    const acted = await actOnTask(ports, settings, run, trigger, { files: inputs, approve });
    return await ended(handOverActedOnTask(acted, { ...told, endedAt: new Date() }));
  } catch (thrown) {
    const report = await refuseEvent(workflow, thrown, { log, redactor, cancellation });
    trail?.record(outcomeEntry(report.outcome, run.url));
    return await ended(handOverActedOnTask({ report, approval: null }, { ...told, endedAt: new Date() }));
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
