import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { PROMETHEUS_FOLDER, RULES_FILE, readRules, rulesIn } from "../../builders/alert-rules.ts";
import { readManifest } from "../../builders/deployment.ts";
import { readAnchors, readSeries } from "../../builders/metric-table.ts";
import { unknownIn } from "../../builders/promql.ts";

const rules = rulesIn(readRules());
const alerts = rules.filter(({ alert }) => alert !== undefined);
const config = parse(readFileSync(join(PROMETHEUS_FOLDER, "prometheus.yml"), "utf8"));

/** What the rules may name: the service's metrics, Prometheus's own, and what other rules record. */
const series = readSeries(["up", ...rules.flatMap(({ record }) => record ?? [])]);

describe("the alert rules", () => {
  test("name metrics, labels and values that docs/operations.md tells of", () => {
    const unknown = rules.map(({ expr, annotations = {} }) =>
      unknownIn(expr, series, Object.values(annotations)),
    );
    expect(unknown.flat()).toEqual([]);
  });

  test("ask for the job that the scrape configuration and the PodMonitor make, wherever they ask for one", () => {
    const [{ job_name: job }] = config.scrape_configs;
    const asked = rules.flatMap(({ expr }) => [...expr.matchAll(/job="([^"]*)"/g)].map(([, name]) => name));
    expect(new Set(asked)).toEqual(new Set([job]));
    const { spec, metadata } = readManifest("deploy/kubernetes/monitoring/podmonitor.yaml");
    expect(metadata.labels[spec.jobLabel]).toBe(job);
  });

  test("record only what is used more than once", () => {
    for (const { record = "" } of rules.filter((rule) => rule.record)) {
      expect(
        rules
          .map(({ expr }) => expr)
          .join("\n")
          .split(record).length - 1,
      ).toBeGreaterThan(1);
    }
  });

  test("have an urgency, a summary, and a chapter of the runbook each, and each chapter is an alert's", () => {
    const anchors = readAnchors();
    const named = alerts.map(({ annotations }) => annotations?.runbook_url?.split("#")[1] ?? "");
    expect(named).toEqual(alerts.map(({ alert }) => alert?.toLowerCase()));
    expect(named.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
    expect(anchors.filter((anchor) => anchor.startsWith("agentrunner")).sort()).toEqual([...named].sort());
    for (const { labels, annotations } of alerts) {
      expect(["critical", "warning"]).toContain(labels?.severity);
      expect(Object.keys(annotations ?? {})).toEqual(["summary", "description", "runbook_url"]);
    }
  });
});

describe("what a rule names", () => {
  test.each([
    ["agent_tasks_wait > 0", ["agent_tasks_wait"]],
    ['sum by (priority) (agent_tasks_waiting{prio="high"})', ["agent_tasks_waiting{prio}"]],
    ['rate(agent_task_failures_total{code=~"timeout|time-out"}[5m])', ["time-out"]],
    ['sum without (state) (agent_tasks_processed_total{status="failed"})', ["state"]],
    ["agent_tasks_running == 0 unless on (job, instance) agent_runner_informed", ["agent_runner_informed"]],
    [
      "sum by (le) (rate(agent_task_duration_seconds_bucket[1h])) and agent_task_duration_seconds",
      ["agent_task_duration_seconds"],
    ],
  ])("is seen where there is no such thing: %s", (expression, unknown) => {
    expect(unknownIn(expression, series)).toEqual(unknown);
  });

  test("is seen in the texts of an alert and the legend of a graph too", () => {
    expect(unknownIn("agent_tasks_running", series, ["{{ $labels.pod }} {{queue}} {{instance}}"])).toEqual([
      "pod",
      "queue",
    ]);
  });
});

describe("the scrape configuration", () => {
  test("scrapes the metrics with a token from a file, and loads the rules", () => {
    expect(config.rule_files).toEqual([RULES_FILE]);
    expect(config.scrape_configs).toEqual([
      {
        ...{ job_name: "agent-runner", metrics_path: "/metrics" },
        authorization: { type: "Bearer", credentials_file: "agent-runner.token" },
        static_configs: [{ targets: ["localhost:8080"] }],
      },
    ]);
  });
});
