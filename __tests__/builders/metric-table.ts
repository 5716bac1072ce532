import { readFileSync } from "node:fs";

/** A row of the table in docs/operations.md. */
export interface MetricRow {
  name: string;
  type: string;
  labels: string[];
  /** What stands in code in its meaning: the values of its labels among them. */
  named: string[];
}

const PAGE = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

/** The metrics that docs/operations.md tells of. */
export function readMetricTable(): MetricRow[] {
  const chapter = PAGE.split(/^## /m).find((each) => each.startsWith("Metrics\n")) ?? "";
  const rows = chapter.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm);
  return [...rows].map(([, name = "", type = "", labels = "", meaning = ""]) => ({
    ...{ name, type, labels: codeIn(labels), named: codeIn(meaning) },
  }));
}

/** The series that Prometheus has of them, with `le` where there is one, and others that have no labels of their own: name → row. */
export function readSeries(others: string[]): Map<string, MetricRow> {
  const series = readMetricTable().flatMap((row) => {
    if (row.type !== "histogram") return [row];
    const bucket = { ...row, name: `${row.name}_bucket`, labels: [...row.labels, "le"] };
    return [bucket, { ...row, name: `${row.name}_sum` }, { ...row, name: `${row.name}_count` }];
  });
  const plain = others.map((name) => ({ name, type: "gauge", labels: [], named: [] }));
  return new Map([...series, ...plain].map((row) => [row.name, row]));
}

/** The anchors that GitHub gives the headings of the page. */
export function readAnchors(): string[] {
  const headings = PAGE.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}
