import type { InputTable, ValuesOf } from "../input-kinds.ts";
import { type Handover, withTrail } from "../investigation/handover.ts";
import { type HalfInputs, readHalf } from "../investigation/inputs.ts";
import { createArtifacts } from "./artifacts.ts";
import { handOver } from "./hand-over.ts";
import type { Job } from "./job.ts";
import { type Begun, type EventRun, runEvent } from "./run-event.ts";
import type { Workflow } from "./workflow.ts";
import { inputOf } from "./world.ts";

/** One of the two halves of a task or an operation, each an action of its own. */
export interface Half<Table extends InputTable>
  extends Omit<EventRun<HalfInputs<ValuesOf<Table>>, Handover>, "read"> {
  inputs: Table;
  /** What the folder with its files is called. */
  folder: string;
}

/** A half that has begun. */
export type BegunHalf<Own> = Begun<HalfInputs<Own>>;

/** Runs a half, and hands its end with that of its trail to the workflow. */
export async function runHalf<Table extends InputTable>(
  job: Job & { cancellation: AbortSignal },
  workflow: Workflow,
  { inputs, folder, work, refuse }: Half<Table>,
): Promise<void> {
  const read = () => readHalf(inputs, inputOf);
  const { ended, audit } = await runEvent(job, workflow, { read, work, refuse });
  const { commands, redactor } = job;
  const artifacts = createArtifacts(workflow);
  await handOver(withTrail(ended, audit), folder, { artifacts, commands, redact: redactor.redact });
}
