import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { readManifest } from "../../builders/deployment.ts";
import { readAnchors, readSeries } from "../../builders/metric-table.ts";
import { unknownIn } from "../../builders/promql.ts";

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: { severity: string };
  annotations?: Record<string, string>;
}
interface Rules {
  groups: { name: string; rules: Rule[] }[];
}
const FOLDER = fileURLToPath(new URL("../../../deploy/prometheus/", import.meta.url));
const RULES = "agent-runner.rules.yml";
const TESTS = "agent-runner.rules.test.yml";
const file = readRules();
const rules = file.groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const config = parse(readFileSync(join(FOLDER, "prometheus.yml"), "utf8"));

function readRules(): Rules {
  return parse(readFileSync(join(FOLDER, RULES), "utf8"));
}

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
    expect(config.rule_files).toEqual([RULES]);
    expect(config.scrape_configs).toEqual([
      {
        ...{ job_name: "agent-runner", metrics_path: "/metrics" },
        authorization: { type: "Bearer", credentials_file: "agent-runner.token" },
        static_configs: [{ targets: ["localhost:8080"] }],
      },
    ]);
  });
});

const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).status === 0;

/** Runs promtool in a copy of the folder, with a token, and with the rules changed. */
function promtool(args: string[], change: (rules: Rules) => void = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "agent-runner-prometheus-"));
  try {
    cpSync(FOLDER, folder, { recursive: true });
    writeFileSync(join(folder, "agent-runner.token"), "token");
    const rules = readRules();
    change(rules);
    writeFileSync(join(folder, RULES), stringify(rules));
    const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function changeAlerts(change: Partial<Rule>): (rules: Rules) => void {
  return ({ groups }) => {
    for (const rule of groups.flatMap((group) => group.rules)) if (rule.alert) Object.assign(rule, change);
  };
}

/** The alerts that promtool names behind such a word, `exp` for what was to be and `got` for what was. */
function alertsBehind(word: "exp" | "got", output: string): string[] {
  const named = output.split(/^ *(?=exp:|got:)/m).filter((part) => part.startsWith(word));
  const found = named.flatMap((part) =>
    [...part.matchAll(/alertname="(\w+)"/g)].map(([, name = ""]) => name),
  );
  return [...new Set(found)].sort();
}

describe(HAS_PROMTOOL ? "promtool" : "promtool, which is not on the PATH,", () => {
  const testWith = HAS_PROMTOOL ? test : test.skip;
  const testRules = ["test", "rules", TESTS];
  const names = alerts.map(({ alert }) => alert).sort();

  testWith("accepts the rules", () => {
    expect(promtool(["check", "rules", RULES])).toMatchObject({ status: 0 });
  });

  testWith("accepts the configuration, with the rules that it loads", () => {
    const { status, output } = promtool(["check", "config", "prometheus.yml"]);
    expect([status, output]).toEqual([0, expect.stringContaining(`${rules.length} rules found`)]);
  });

  testWith("finds that each alert fires where it must, and not where it must not", () => {
    expect(promtool(testRules)).toMatchObject({ status: 0 });
  });

  testWith("misses each alert where it never fires", () => {
    const { output } = promtool(testRules, changeAlerts({ expr: "vector(1) == 0" }));
    expect(alertsBehind("exp", output)).toEqual(names);
    expect(alertsBehind("got", output)).toEqual([]);
  });

  testWith("is surprised by each alert where it always fires", () => {
    const { output } = promtool(testRules, changeAlerts({ expr: 'up{job="agent-runner"}', for: "0s" }));
    expect(alertsBehind("got", output)).toEqual(names);
  });
});
