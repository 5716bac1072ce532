import "../adapters/event-file.ts";
import { createArtifacts } from "../adapters/artifacts.ts";
import { openAudit } from "../adapters/audit/open-audit.ts";
import { createConsoleLog } from "../adapters/console.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { handOver } from "../adapters/hand-over.ts";
import { failRun } from "../adapters/publish.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readEventPayload, readWorkflow, type Workflow } from "../adapters/workflow.ts";
import { concealInputs, inputOf, openPorts, type World } from "../adapters/world.ts";
import { outcomeEntry } from "../audit/entries.ts";
import type { Trail } from "../audit/trail.ts";
import { asFailure, failedOutcome } from "../failure.ts";
import { readInputs } from "../input-kinds.ts";
import { applyPolicy, NOTHING_APPROVED } from "../investigation/auto-approval.ts";
import { type Handover, withTrail } from "../investigation/handover.ts";
import { INVESTIGATE_INPUTS, readSettingsOf } from "../investigation/inputs.ts";
import { investigateOperation } from "../investigation/investigate-operation.ts";
import { handOverInvestigated } from "../investigation/investigate-outputs.ts";
import { investigateTask } from "../investigation/investigate-task.ts";
import { type Investigated, NOTHING_INVESTIGATED } from "../investigation/investigated.ts";
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

async function runWorkflow(workflow: Workflow): Promise<Handover> {
  const { run } = workflow;
  const told = { traceId: "", approval: NOTHING_APPROVED };
  let world: World | null = null;
  let trail: Trail | null = null;
  const ended = async (investigated: Investigated) =>
    withTrail(handOverInvestigated(investigated, run, told), (await trail?.close()) ?? null);
  try {
    const settings = readSettingsOf(INVESTIGATE_INPUTS, inputOf);
    const inputs = readInputs(INVESTIGATE_INPUTS, inputOf);
    const payload = readEventPayload();
    trail = openAudit(settings, { ...workflow, payload }, { log, redact: redactor.redact, cancellation });
    told.traceId = trail.traceId;
    world = openPorts(settings, workflow, { log, redactor, cancellation, audit: trail });
    const ports = readingOnly(world);
    const event = { ...workflow, payload };
    const about = {
      ...inputs,
      traceId: told.traceId,
      triggerSource: triggerSourceOf(workflow.eventName, inputs),
    };
    const { resource } = inputs;
    const found = resource
      ? await investigateOperation(ports, settings, { ...inputs, resource }, run, event, about)
      : await investigateTask(ports, settings, run, readTrigger(event, settings), about);
    const report = found.report && withoutSecrets(found.report, redactor.redact);
    const { investigated, approval } = await applyPolicy(ports, inputs, run, { ...found, report });
    told.approval = approval;
    return await ended(investigated);
  } catch (thrown) {
    const outcome = failedOutcome(asFailure(thrown), "authorise");
    trail?.record(outcomeEntry(outcome, run.url));
    return await ended({ ...NOTHING_INVESTIGATED, outcome });
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
