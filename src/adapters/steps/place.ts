import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Step } from "../../ports.ts";
import { removeStepFolder } from "../remove-folder.ts";

/** A private folder of one step, beside its checkout; gone when the step is. */
export interface Place {
  /** Real path, mode 0700. */
  folder: string;
  script: string;
  temporary: string;
  resultFile: string;
  /** Variables with the paths of the step's files. */
  variables: Record<string, string>;
  dispose(): Promise<void>;
}

/** Lays the step's files into a new folder. */
export async function makePlace(
  temporaryFolder: string,
  step: Pick<Step, "script" | "files" | "resultVariable">,
): Promise<Place> {
  const folder = await realpath(await mkdtemp(join(temporaryFolder, "step-")));
  const place = (name: string) => join(folder, name);
  const variables: Record<string, string> = { [step.resultVariable]: place("result.json") };
  await writeFile(place("script.sh"), step.script);
  for (const [variable, content] of Object.entries(step.files)) {
    variables[variable] = place(variable);
    await writeFile(place(variable), content);
  }
  await mkdir(place("tmp"));
  return {
    folder,
    script: place("script.sh"),
    temporary: place("tmp"),
    resultFile: place("result.json"),
    variables,
    dispose: () => removeStepFolder(folder),
  };
}
