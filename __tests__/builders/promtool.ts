import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "@jest/globals";

/** Prometheus's own tool for those who write metrics and rules. */
const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).status === 0;

/** Skipped where there is no promtool; `WHY_NOT` then belongs into its name. */
export const testWithPromtool = HAS_PROMTOOL ? test : test.skip;
export const WHY_NOT = HAS_PROMTOOL ? "" : " (skipped: promtool is not on the PATH)";

export interface Verdict {
  status: number | null;
  /** All that it wrote. */
  complaints: string;
}

/** What it has to say against an answer to a scrape; nothing where all is well. */
export function checkMetrics(text: string): Verdict {
  return promtool(["check", "metrics"], { input: text });
}

/** What it has to say of a configuration of Prometheus; the files that this names need not be there. */
export function checkConfiguration(text: string): Verdict {
  const folder = mkdtempSync(join(tmpdir(), "agent-runner-prometheus-"));
  try {
    const file = join(folder, "prometheus.yml");
    writeFileSync(file, text);
    return promtool(["check", "config", "--syntax-only", file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function promtool(
  args: string[],
  { input = "", cwd }: { input?: string; cwd?: string } = {},
): Verdict {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, cwd, encoding: "utf8" });
  return { status, complaints: stdout + stderr };
}
