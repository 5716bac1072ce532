import "../adapters/event-file.ts";
import { createArtifacts } from "../adapters/artifacts.ts";
import { createConsoleLog } from "../adapters/console.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { handOver } from "../adapters/hand-over.ts";
import { failRun } from "../adapters/publish.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readEventPayload, readWorkflow, type Workflow } from "../adapters/workflow.ts";
import { concealInputs, inputOf, openPorts, type World } from "../adapters/world.ts";
import { asFailure, failedOutcome } from "../failure.ts";
import { readInputs } from "../input-kinds.ts";
import type { Handover } from "../investigation/handover.ts";
import { INVESTIGATE_INPUTS, readSettingsOf } from "../investigation/inputs.ts";
import { handOverInvestigated } from "../investigation/investigate-outputs.ts";
import { investigateTask } from "../investigation/investigate-task.ts";
import { NOTHING_INVESTIGATED } from "../investigation/investigated.ts";
import { readingOnly } from "../investigation/reading-only.ts";
import { triggerSourceOf } from "../investigation/trigger-source.ts";
import { withoutSecrets } from "../investigation/without-secrets.ts";
import { createRedactor } from "../redact.ts";
import { readTrigger } from "../triggers/registry.ts";

const redactor = createRedactor();
concealInputs(redactor);
const log = createConsoleLog(redactor.redact);
const commands = watchFileCommands(process.env);
const cancellation = cancelledBySignal();
/** What stands where no policy speaks. */
const NO_POLICY = { approved: false, reason: "No operations policy is set: a person decides." };

async function runWorkflow(workflow: Workflow): Promise<Handover> {
  const { run } = workflow;
  const told = { traceId: "", approval: NO_POLICY };
  let world: World | null = null;
  try {
    const settings = readSettingsOf(INVESTIGATE_INPUTS, inputOf);
    const inputs = readInputs(INVESTIGATE_INPUTS, inputOf);
    world = openPorts(settings, workflow, { log, redactor, cancellation });
    const about = {
      ...inputs,
      traceId: told.traceId,
      triggerSource: triggerSourceOf(workflow.eventName, inputs),
    };
    const trigger = readTrigger({ ...workflow, payload: readEventPayload() }, settings);
    const investigated = await investigateTask(readingOnly(world), settings, run, trigger, about);
    const report = investigated.report && withoutSecrets(investigated.report, redactor.redact);
    return handOverInvestigated({ ...investigated, report }, run, told);
  } catch (thrown) {
    const outcome = failedOutcome(asFailure(thrown), "authorise");
    return handOverInvestigated({ ...NOTHING_INVESTIGATED, outcome }, run, told);
  } finally {
    await world?.close();
  }
}

async function main(): Promise<void> {
  const workflow = readWorkflow(process.env);
  const artifacts = createArtifacts(workflow);
  const { redact } = redactor;
  await handOver(await runWorkflow(workflow), "agent-runner-investigation", { artifacts, commands, redact });
}

await main().catch((thrown: unknown) => failRun(thrown, redactor));
