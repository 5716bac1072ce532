import * as core from "@actions/core";
import { createArtifacts } from "../adapters/artifacts.ts";
import { systemClock } from "../adapters/clock.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { handOver } from "../adapters/hand-over.ts";
import { failRun } from "../adapters/publish.ts";
import { readWorkflow } from "../adapters/workflow.ts";
import { readInputs } from "../input-kinds.ts";
import { SUMMARIZE_INPUTS, summarizeWorkflow } from "../investigation/summarize-workflow.ts";
import { createRedactor } from "../redact.ts";

const { redact } = createRedactor();
const commands = watchFileCommands(process.env);

async function summarize(): Promise<void> {
  const workflow = readWorkflow(process.env);
  const artifacts = createArtifacts(workflow);
  const inputs = readInputs(SUMMARIZE_INPUTS, (name) => core.getInput(name));
  const handover = await summarizeWorkflow({ artifacts, clock: systemClock }, inputs, workflow);
  await handOver(handover, "agent-workflow-summary", { artifacts, commands, redact });
}

await summarize().catch((thrown: unknown) => failRun(thrown, { redact }));
