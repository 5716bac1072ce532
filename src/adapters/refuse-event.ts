import { asFailure } from "../failure.ts";
import { readTellingSettings } from "../inputs.ts";
import type { Audit } from "../ports.ts";
import { refuseTask } from "../refuse-task.ts";
import type { FinalReport } from "../report/report.ts";
import { reportOfNothing } from "../report/reported.ts";
import { readTrigger } from "../triggers/registry.ts";
import { readEventPayload, type Workflow } from "./workflow.ts";
import { inputOf, openPorts, type PortsOptions } from "./world.ts";

/** The trail, where there is one, is the caller's. */
const UNRECORDED: Audit = { record: () => {}, ensureDelivered: async () => {} };

/** The end of a run whose inputs or event do not fit; the issue is told of it, where so much can be read. Never throws. */
export async function refuseEvent(
  workflow: Workflow,
  thrown: unknown,
  options: Pick<PortsOptions, "log" | "redactor" | "cancellation">,
): Promise<FinalReport> {
  const { run } = workflow;
  try {
    const settings = readTellingSettings(inputOf);
    const trigger = readTrigger({ ...workflow, payload: readEventPayload() }, settings);
    if (settings.dryRun) return reportOfNothing(run, thrown);
    const world = openPorts(settings, workflow, { ...options, audit: UNRECORDED });
    try {
      return await refuseTask(world, settings, run, trigger, asFailure(thrown));
    } finally {
      await world.close();
    }
  } catch {
    return reportOfNothing(run, thrown);
  }
}
