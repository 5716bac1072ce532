import "../adapters/event-file.ts";
import { createArtifacts } from "../adapters/artifacts.ts";
import { handOver } from "../adapters/hand-over.ts";
import { openJob } from "../adapters/job.ts";
import { failRun } from "../adapters/publish.ts";
import { type Begun, runEvent } from "../adapters/run-event.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readWorkflow } from "../adapters/workflow.ts";
import { inputOf } from "../adapters/world.ts";
import { asFailure, failedOutcome } from "../failure.ts";
import { applyPolicy, NOTHING_APPROVED } from "../investigation/auto-approval.ts";
import { type Handover, withTrail } from "../investigation/handover.ts";
import {
  type HalfInputs,
  INVESTIGATE_INPUTS,
  type InvestigateInputs,
  readHalf,
} from "../investigation/inputs.ts";
import { investigateOperation } from "../investigation/investigate-operation.ts";
import { handOverInvestigated } from "../investigation/investigate-outputs.ts";
import { investigateTask } from "../investigation/investigate-task.ts";
import { NOTHING_INVESTIGATED } from "../investigation/investigated.ts";
import { readingOnly } from "../investigation/reading-only.ts";
import { triggerSourceOf } from "../investigation/trigger-source.ts";
import { withoutSecrets } from "../investigation/without-secrets.ts";
import { readTrigger } from "../triggers/registry.ts";

const job = { ...openJob(), cancellation: cancelledBySignal() };
const { redact } = job.redactor;

async function work(begun: Begun<HalfInputs<InvestigateInputs>>): Promise<Handover> {
  const { settings, inputs, event, traceId } = begun;
  const { run } = event;
  const ports = readingOnly(begun.world);
  const about = { ...inputs, traceId, triggerSource: triggerSourceOf(event.eventName, inputs) };
  const { resource } = inputs;
  const found = resource
    ? await investigateOperation(ports, settings, { ...inputs, resource }, run, event, about)
    : await investigateTask(ports, settings, run, readTrigger(event, settings), about);
  const report = found.report && withoutSecrets(found.report, redact);
  const { investigated, approval } = await applyPolicy(ports, inputs, run, { ...found, report });
  return handOverInvestigated(investigated, run, { traceId, approval });
}

async function investigate(): Promise<void> {
  const workflow = readWorkflow(process.env);
  const { ended, audit } = await runEvent(job, workflow, {
    read: () => readHalf(INVESTIGATE_INPUTS, inputOf),
    work,
    async refuse(thrown, traceId) {
      const outcome = failedOutcome(asFailure(thrown), "authorise");
      const told = { traceId, approval: NOTHING_APPROVED };
      const investigated = { ...NOTHING_INVESTIGATED, outcome };
      return { ended: handOverInvestigated(investigated, workflow.run, told), outcome };
    },
  });
  const artifacts = createArtifacts(workflow);
  const handover = withTrail(ended, audit);
  await handOver(handover, "agent-runner-investigation", { artifacts, commands: job.commands, redact });
}

await investigate().catch((thrown: unknown) => failRun(thrown, job.redactor));
