import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifacts } from "../ports.ts";

/** Folders in `RUNNER_TEMP`, which lives as long as the job. */
export function createArtifacts({ temporaryFolder }: { temporaryFolder: string }): Artifacts {
  return {
    makeFolder: (name) => mkdtemp(join(temporaryFolder, `${name}-`)),
    write: (path, content) => writeFile(path, content, { flag: "wx" }),
  };
}
