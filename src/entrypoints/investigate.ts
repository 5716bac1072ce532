import "../adapters/event-file.ts";
import { openJob } from "../adapters/job.ts";
import { failRun } from "../adapters/publish.ts";
import { type BegunHalf, runHalf } from "../adapters/run-half.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readWorkflow } from "../adapters/workflow.ts";
import { asFailure, failedOutcome } from "../failure.ts";
import { applyPolicy, NOTHING_APPROVED } from "../investigation/auto-approval.ts";
import type { Handover } from "../investigation/handover.ts";
import { INVESTIGATE_INPUTS, type InvestigateInputs } from "../investigation/inputs.ts";
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

async function work(begun: BegunHalf<InvestigateInputs>): Promise<Handover> {
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
  await runHalf(job, workflow, {
    inputs: INVESTIGATE_INPUTS,
    folder: "agent-runner-investigation",
    work,
    async refuse(thrown, traceId) {
      const outcome = failedOutcome(asFailure(thrown), "authorise");
      const told = { traceId, approval: NOTHING_APPROVED };
      const investigated = { ...NOTHING_INVESTIGATED, outcome };
      return { ended: handOverInvestigated(investigated, workflow.run, told), outcome };
    },
  });
}

await investigate().catch((thrown: unknown) => failRun(thrown, job.redactor));
