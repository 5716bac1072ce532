import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { FAILURE_CODES } from "../../../src/task.ts";
import type { ExposedMetric } from "../../builders/exposition.ts";
import { readMetricTable } from "../../builders/metric-table.ts";
import { someMetrics } from "../../builders/metrics.ts";
import { checkConfiguration, testWithPromtool, WHY_NOT } from "../../builders/promtool.ts";
import { aJob } from "../../builders/queued-job.ts";
import { called, ended, started } from "../../builders/service-events.ts";

/** Everything that is served, once everything that can happen has. */
async function served(): Promise<Map<string, ExposedMetric>> {
  const { observe, scrape } = someMetrics();
  observe(called({ limit: { limit: 5000, remaining: 4000, resetAt: 0 } }));
  observe(called({ status: null }));
  observe({ kind: "polled", failure: null });
  observe(started(aJob(1)));
  observe(ended(aJob(1)));
  return (await scrape([aJob(2)])).metrics;
}

const labelsOf = ({ samples }: ExposedMetric) =>
  [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].filter((label) => label !== "le");

describe("the table of metrics in docs/operations.md", () => {
  test("names exactly those that are served, with their types and labels", async () => {
    const metrics = [...(await served())];
    const rows = readMetricTable().map(({ name, type, labels }) => ({ name, type, labels }));
    const told = metrics.map(([name, metric]) => ({ name, type: metric.type, labels: labelsOf(metric) }));
    const byName = (some: { name: string }, other: { name: string }) => some.name.localeCompare(other.name);
    expect(rows.sort(byName)).toEqual(told.sort(byName));
  });

  test("names every value of a label, but for failure codes, which have a page, and HTTP statuses", async () => {
    const known = [
      ...readMetricTable().flatMap(({ named }) => named),
      ...FAILURE_CODES,
      "200",
      "agent-runner",
    ];
    const samples = [...(await served()).values()].flatMap((metric) => metric.samples);
    const values = samples.flatMap(({ labels: { le: _, ...labels } }) => Object.values(labels));
    const unnamed = [...new Set(values)].filter((value) => !known.includes(value));
    expect(unnamed).toEqual([]);
  });
});

testWithPromtool(`the scrape configuration in docs/self-hosting.md is one for Prometheus${WHY_NOT}`, () => {
  const page = readFileSync(new URL("../../../docs/self-hosting.md", import.meta.url), "utf8");
  const [, example = ""] = /^## Metrics\n[\s\S]*?^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
  expect(example).toContain("credentials_file");
  expect(checkConfiguration(example)).toMatchObject({ status: 0 });
  expect(checkConfiguration(example.replace("credentials_file", "token_file"))).toMatchObject({ status: 1 });
});
