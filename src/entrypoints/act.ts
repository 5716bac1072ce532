import "../adapters/event-file.ts";
import { saveFinished } from "../adapters/finished.ts";
import { openJob } from "../adapters/job.ts";
import { failRun } from "../adapters/publish.ts";
import { refuseEvent } from "../adapters/refuse-event.ts";
import { type BegunHalf, runHalf } from "../adapters/run-half.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readWorkflow } from "../adapters/workflow.ts";
import { inputOf } from "../adapters/world.ts";
import { asFailure, failedOutcome } from "../failure.ts";
import { actOnOperation, NOTHING_DONE } from "../investigation/act-on-operation.ts";
import { actOnTask } from "../investigation/act-on-task.ts";
import { handOverActedOnTask } from "../investigation/act-outputs.ts";
import { approveReport } from "../investigation/approval.ts";
import type { Handover } from "../investigation/handover.ts";
import { ACT_INPUTS, type ActInputs } from "../investigation/inputs.ts";
import { handOverActedOnOperation } from "../investigation/operation-outputs.ts";
import { readTrigger } from "../triggers/registry.ts";

const startedAt = new Date();
const job = { ...openJob(), cancellation: cancelledBySignal() };

async function work(begun: BegunHalf<ActInputs>): Promise<Handover> {
  const { world, settings, inputs, event, traceId } = begun;
  const { run, repository: fallbackResource } = event;
  const { resource } = inputs;
  if (resource) {
    const acted = await actOnOperation(world, settings, { ...inputs, resource }, run, event);
    return handOverActedOnOperation(acted, run, { traceId, resource, endedAt: new Date() });
  }
  const approve = approveReport.bind(null, world, inputs, run);
  const trigger = readTrigger(event, settings);
  const acted = await actOnTask(world, settings, run, trigger, { files: inputs, approve });
  return handOverActedOnTask(acted, { traceId, startedAt, endedAt: new Date(), fallbackResource });
}

async function act(): Promise<void> {
  const workflow = readWorkflow(process.env);
  await runHalf(job, workflow, {
    inputs: ACT_INPUTS,
    folder: "agent-runner-action",
    work,
    async refuse(thrown, traceId) {
      const resource = inputOf("resource").trim();
      if (resource) {
        const outcome = failedOutcome(asFailure(thrown), "authorise");
        const told = { traceId, resource, endedAt: new Date() };
        return {
          ended: handOverActedOnOperation({ ...NOTHING_DONE, outcome }, workflow.run, told),
          outcome,
        };
      }
      const report = await refuseEvent(workflow, thrown, job);
      const told = { traceId, startedAt, endedAt: new Date(), fallbackResource: workflow.repository };
      return { ended: handOverActedOnTask({ report, approval: null }, told), outcome: report.outcome };
    },
  });
  saveFinished(job.commands, workflow.run, inputOf("token"));
}

await act().catch((thrown: unknown) => failRun(thrown, job.redactor));
