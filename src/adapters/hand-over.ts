import { join } from "node:path";
import * as core from "@actions/core";
import type { Handover } from "../investigation/handover.ts";
import type { Artifacts } from "../ports.ts";
import type { FileCommands } from "./file-commands.ts";
import { fitSummary, oneLine, setFailed } from "./publish.ts";

/** Hands a half's end to the workflow: its files in a folder of their own, outputs, job summary, and the one annotation of a failure. */
export async function handOver(
  { lines, outputs, files, summary, failures }: Handover,
  folder: string,
  world: {
    artifacts: Pick<Artifacts, "makeFolder" | "write">;
    commands: FileCommands;
    redact(text: string): string;
  },
): Promise<void> {
  const { artifacts, commands, redact } = world;
  for (const [name, value] of Object.entries(outputs)) commands.setOutput(name, redact(value));
  const path = await artifacts.makeFolder(folder);
  for (const { output, name, content } of files) {
    await artifacts.write(join(path, name), content);
    commands.setOutput(output, join(path, name));
  }
  commands.addSummary(fitSummary(redact(summary)));
  for (const line of lines) core.info(redact(oneLine(line)));
  const problems = [...failures, ...commands.problems()];
  if (problems.length > 0) setFailed(problems, redact);
}
