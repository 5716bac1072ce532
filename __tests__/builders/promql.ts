import { FAILURE_CODES } from "../../src/task.ts";
import type { MetricRow } from "./metric-table.ts";

/** What Prometheus itself sets on everything that it scrapes. */
const TARGET = ["job", "instance"];
const WORDS = ["and", "or", "unless", "bool", "offset"];

/** One metric in an expression, with what it is selected by. */
interface Selector {
  metric: string;
  matchers: { label: string; values: string[] }[];
}

/** What an expression, and the texts that are made of what it gives, name and there is not: metrics, labels, and values of labels. */
export function unknownIn(
  expression: string,
  series: ReadonlyMap<string, MetricRow>,
  texts: string[] = [],
): string[] {
  const selectors = selectorsIn(expression);
  const rows = selectors.map(({ metric }) => series.get(metric));
  const labels = new Set([...TARGET, ...rows.flatMap((row) => row?.labels ?? [])]);
  const used = [...groupingsIn(expression), ...texts.flatMap(labelsInText)];
  return [
    ...selectors.flatMap((selector) => unknownOf(selector, series)),
    ...used.filter((label) => !labels.has(label)),
  ];
}

function unknownOf({ metric, matchers }: Selector, series: ReadonlyMap<string, MetricRow>): string[] {
  const row = series.get(metric);
  if (!row) return [metric];
  return matchers.flatMap(({ label, values }) => {
    if (TARGET.includes(label)) return [];
    if (!row.labels.includes(label)) return [`${metric}{${label}}`];
    const known = valuesOf(label, [...series.values()]);
    return values.filter((value) => !known.includes(value));
  });
}

/** A label's values are named in one of the rows that have it; failure codes have a page of their own. */
function valuesOf(label: string, rows: MetricRow[]): readonly string[] {
  if (label === "code") return FAILURE_CODES;
  return rows.flatMap(({ labels, named }) => (labels.includes(label) ? named : []));
}

function selectorsIn(expression: string): Selector[] {
  const bare = expression
    .replace(/\[[^\]]*\]/g, "")
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "");
  const found = bare.matchAll(/(?<![\w:])([a-zA-Z_][\w:]*)\s*(\(|\{[^}]*\})?/g);
  return [...found].flatMap(([, metric = "", next = ""]) => {
    if (next === "(" || WORDS.includes(metric)) return [];
    const matchers = [...next.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)];
    return [
      { metric, matchers: matchers.map(([, label = "", text = ""]) => ({ label, values: text.split("|") })) },
    ];
  });
}

function groupingsIn(expression: string): string[] {
  const found = expression.matchAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g);
  return [...found].flatMap(([, names = ""]) => names.split(",").map((name) => name.trim()));
}

/** `{{instance}}` of a legend, `{{ $labels.instance }}` of an alert. */
function labelsInText(text: string): string[] {
  const found = text.matchAll(/\{\{(\w+)\}\}|\$labels\.(\w+)/g);
  return [...found].map(([, ofLegend, ofAlert]) => ofLegend ?? ofAlert ?? "");
}
