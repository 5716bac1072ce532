import { TaskFailure } from "../../src/failure.ts";
import type { Artifacts } from "../../src/ports.ts";

/** Folders in memory: path → content. */
export function createFakeArtifacts(files: Map<string, Uint8Array>): Artifacts {
  return {
    makeFolder: async (name) => `/kept/${name}`,
    write: async (path, content) => void files.set(path, content),
    async read(path, maxBytes) {
      const content = files.get(path);
      if (content && content.length <= maxBytes) return content;
      throw new TaskFailure("invalid-report", "The fake has no such file.");
    },
  };
}
