import { spawnSync } from "node:child_process";

/** Prometheus's own tool for those who write metrics and rules. */
export const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).status === 0;

/** What it has to say against an answer to a scrape; nothing where all is well. */
export function checkMetrics(text: string): { status: number | null; complaints: string } {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
    input: text,
    encoding: "utf8",
  });
  return { status, complaints: stdout + stderr };
}
