import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const SCRIPT = fileURLToPath(new URL("../../scripts/print-test-counts.mjs", import.meta.url));

function printCounts(results: object): string {
  const folder = mkdtempSync(join(tmpdir(), "counts-"));
  const file = join(folder, "results.json");
  writeFileSync(file, JSON.stringify(results));
  const { stdout } = spawnSync(process.execPath, [SCRIPT, file], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return stdout;
}

test("the counts are one line, in which a file that cannot be loaded has failed and a todo was skipped", () => {
  const results = {
    numPassedTests: 41,
    numFailedTests: 2,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 4,
    numTodoTests: 1,
  };
  expect(printCounts(results)).toBe("41 passed, 3 failed, 5 skipped\n");
});
