import * as core from "@actions/core";
import { resendTrail } from "../adapters/audit/resend.ts";
import { readTrailState } from "../adapters/audit/state.ts";
import { systemClock } from "../adapters/clock.ts";
import { openJob } from "../adapters/job.ts";
import { readWorkflow } from "../adapters/workflow.ts";
import { inputOf } from "../adapters/world.ts";
import { INVESTIGATE_INPUTS, readHalf } from "../investigation/inputs.ts";

const { redactor, log } = openJob();

/** Sends the audit events that the main step could not; an investigation leaves nothing else to end. */
async function post(): Promise<void> {
  const { run } = readWorkflow(process.env);
  const trail = readTrailState(run, inputOf("token"));
  if (!trail) return;
  const { settings } = readHalf(INVESTIGATE_INPUTS, inputOf);
  await resendTrail(settings, trail, { clock: systemClock, log });
}

await post().catch((thrown: unknown) => {
  core.warning(redactor.redact(`The rest of the audit events could not be sent: ${String(thrown)}`));
});
