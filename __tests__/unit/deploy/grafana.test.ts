import { describe, expect, test } from "@jest/globals";
import { readDashboard, withValues } from "../../builders/dashboard.ts";
import { readAnchors, readMetricTable, readSeries } from "../../builders/metric-table.ts";
import { unknownIn } from "../../builders/promql.ts";

const dashboard = readDashboard();
const graphs = dashboard.panels.filter(({ type }) => type !== "row");
const targets = graphs.flatMap((panel) => panel.targets ?? []);
const variables = dashboard.templating.list;
const series = readSeries(["up"]);

describe("deploy/grafana/agent-runner.json", () => {
  test("asks for metrics, labels and values that docs/operations.md tells of", () => {
    const unknown = targets.map(({ expr, legendFormat }) =>
      unknownIn(withValues(expr), series, [legendFormat]),
    );
    const ofEvents = dashboard.annotations.list.map(({ expr, titleFormat = "" }) =>
      expr ? unknownIn(expr, series, [titleFormat]) : [],
    );
    expect([...unknown, ...ofEvents].flat()).toEqual([]);
  });

  test("shows every metric that docs/operations.md tells of", () => {
    const shown = targets.map(({ expr }) => expr).join("\n");
    expect(readMetricTable().filter(({ name }) => !shown.includes(name))).toEqual([]);
  });

  test("asks the Prometheus that was chosen, for the jobs and instances that were chosen", () => {
    const chosen = { type: "prometheus", uid: expect.stringMatching(/^\$\{DS_PROMETHEUS\}$/) };
    expect(variables.map(({ name, type }) => [name, type])).toEqual([
      ["DS_PROMETHEUS", "datasource"],
      ["job", "query"],
      ["instance", "query"],
    ]);
    for (const { datasource } of [...graphs, ...targets, ...variables.slice(1)])
      expect(datasource).toEqual(chosen);
    for (const { definition = "" } of variables.slice(1)) {
      const [, metric = "", label = ""] =
        /^label_values\((\w+)(?:\{job=~"\$job"\})?, (\w+)\)$/.exec(definition) ?? [];
      expect([series.has(metric), ["job", "instance"].includes(label)]).toEqual([true, true]);
    }
    for (const { expr } of targets) {
      const selectors = expr.match(/\{[^}]*\}/g) ?? [];
      expect(selectors.length).toBeGreaterThan(0);
      for (const each of selectors) expect(each).toMatch(/^\{job=~"\$job", instance=~"\$instance"/);
    }
  });

  test("has panels with a number of their own, side by side within the grid", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect(x + w).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect([title, taken.get(`${column}/${line}`)]).toEqual([title, undefined]);
          taken.set(`${column}/${line}`, title);
        }
      }
    }
  });

  test("says of each panel what it shows and in which unit, with panels that Grafana still has", () => {
    for (const { type, description = "", fieldConfig, options, targets = [] } of graphs) {
      expect(["timeseries", "stat", "heatmap"]).toContain(type);
      expect(description).not.toBe("");
      expect(fieldConfig?.defaults.unit ?? options?.yAxis?.unit).toBeTruthy();
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
  });

  test("leads to the runbook", () => {
    expect(dashboard.links.map(({ url }) => url.split("docs/operations.md#")[1])).toEqual(["runbook"]);
    expect(readAnchors()).toContain("runbook");
  });
});
