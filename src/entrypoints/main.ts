import "../adapters/event-file.ts";
import { saveFinished } from "../adapters/finished.ts";
import { openJob } from "../adapters/job.ts";
import { failRun, publish } from "../adapters/publish.ts";
import { refuseEvent } from "../adapters/refuse-event.ts";
import { type Begun, runEvent } from "../adapters/run-event.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { readWorkflow } from "../adapters/workflow.ts";
import { inputOf } from "../adapters/world.ts";
import { rehearsing, withoutWrites } from "../dry-run.ts";
import { readSettings } from "../inputs.ts";
import type { FinalReport, Rehearsed } from "../report/report.ts";
import { runTask } from "../run-task.ts";
import { readTrigger } from "../triggers/registry.ts";

const job = { ...openJob(), cancellation: cancelledBySignal() };
const rehearsed: Rehearsed[] = [];

async function work({ world, settings, event }: Begun): Promise<FinalReport> {
  const trigger = readTrigger(event, settings);
  if (!settings.dryRun) return await runTask(world, settings, event.run, trigger);
  const rehearsal = rehearsing(world, (write) => rehearsed.push(write));
  const report = await runTask(rehearsal, settings, event.run, trigger);
  return { ...report, pushed: null, outcome: withoutWrites(report.outcome) };
}

async function main(): Promise<void> {
  const workflow = readWorkflow(process.env);
  const { ended, audit } = await runEvent(job, workflow, {
    read: () => ({ settings: readSettings(inputOf) }),
    work,
    async refuse(thrown) {
      const report = await refuseEvent(workflow, thrown, job);
      return { ended: report, outcome: report.outcome };
    },
  });
  const { redactor, commands } = job;
  publish(ended, rehearsed, { redact: redactor.redact, files: commands, audit, ...workflow });
  saveFinished(commands, workflow.run, inputOf("token"));
}

await main().catch((thrown: unknown) => failRun(thrown, job.redactor));
