import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Artifacts } from "../ports.ts";
import { readRegularFile } from "./regular-file.ts";

/** Folders in `RUNNER_TEMP`, which lives as long as the job. */
export function createArtifacts({ temporaryFolder }: { temporaryFolder: string }): Artifacts {
  return {
    makeFolder: (name) => mkdtemp(join(temporaryFolder, `${name}-`)),
    write: (path, content) => writeFile(path, content, { flag: "wx" }),
    async read(path, maxBytes) {
      const found = await readRegularFile(path, maxBytes);
      if ("bytes" in found) return found.bytes;
      const detail = `The file ${inlineCode(path)} ${found.problem}.`;
      throw new TaskFailure("invalid-report", detail, { cause: found.cause });
    },
  };
}
