import { readFileSync } from "node:fs";

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: unknown;
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  options?: { yAxis?: { unit: string } };
  targets?: { refId: string; expr: string; legendFormat: string; datasource: unknown }[];
}
interface Variable {
  name: string;
  type: string;
  definition?: string;
  datasource?: unknown;
}
/** What the tests look at in a dashboard of Grafana. */
export interface Dashboard {
  schemaVersion: number;
  panels: Panel[];
  templating: { list: Variable[] };
  annotations: { list: { expr?: string; titleFormat?: string }[] };
  links: { url: string }[];
}

const PAGE = new URL("../../deploy/grafana/agent-runner.json", import.meta.url);

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(PAGE, "utf8"));
}

/** An expression with a value for each of Grafana's own variables in it. */
export function withValues(expression: string): string {
  return expression.replaceAll("$__rate_interval", "5m");
}
