import assert from "node:assert/strict";

export type ExposedLabels = Record<string, string>;

export interface ExposedMetric {
  type: string;
  help: string;
  samples: { name: string; labels: ExposedLabels; value: number }[];
}

/** What an answer in Prometheus's text format says. */
export interface Exposition {
  metrics: Map<string, ExposedMetric>;
  /** The one value with exactly these labels; `undefined` where there is none. */
  value(name: string, labels?: ExposedLabels): number | undefined;
  /** The values of a metric with one label: label's value → value; those that are 0 are left out. */
  counts(name: string): Record<string, number>;
}

const NAME = "[a-zA-Z_][a-zA-Z0-9_]*";
const LABEL = `(${NAME})="((?:[^"\\\\\\n]|\\\\[\\\\"n])*)"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/;

/** Reads it as strictly as its specification is; throws where anything is out of place. */
export function readExposition(text: string): Exposition {
  assert(text.endsWith("\n"), "the last line has no end");
  const metrics = new Map<string, ExposedMetric>();
  let family = "";
  let metric: ExposedMetric | undefined;
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, word, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) ([^\n]*)$/.exec(line) ?? [];
    if (word === "HELP") {
      assert(!metrics.has(name), `${name} is told twice`);
      family = name;
      metric = { type: "", help: unquote(rest), samples: [] };
      metrics.set(family, metric);
      continue;
    }
    assert(metric, `no metric was named before: ${line}`);
    if (word === "TYPE") {
      assert.deepEqual([name, metric.type], [family, ""]);
      assert.match(rest, /^(?:counter|gauge|histogram)$/);
      metric.type = rest;
    } else metric.samples.push(readSample(line, family, metric));
  }
  return { metrics, ...lookUp(metrics) };
}

function readSample(line: string, family: string, { type, samples }: ExposedMetric) {
  const [, name = "", pairs = "", ...rest] = SAMPLE.exec(line) ?? [];
  const number = rest.at(-1) ?? "";
  assert.match(number, NUMBER, `no sample: ${line}`);
  const suffixes = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
  assert(
    suffixes.some((suffix) => name === family + suffix),
    `${name} does not belong to ${family}`,
  );
  const found = [...pairs.matchAll(new RegExp(LABEL, "g"))];
  const labels = Object.fromEntries(found.map(([, label = "", value = ""]) => [label, unquote(value)]));
  assert.equal(Object.keys(labels).length, found.length, `a label twice: ${line}`);
  const isKnown = samples.some((other) => other.name === name && isSame(other.labels, labels));
  assert(!isKnown, `a value twice: ${line}`);
  return { name, labels, value: Number(number.replace("Inf", "Infinity")) };
}

function lookUp(metrics: Map<string, ExposedMetric>): Pick<Exposition, "value" | "counts"> {
  const samples = (name: string) =>
    [...metrics.values()].flatMap((metric) => metric.samples).filter((sample) => sample.name === name);
  return {
    value: (name, labels = {}) => samples(name).find((sample) => isSame(sample.labels, labels))?.value,
    counts: (name) =>
      Object.fromEntries(
        samples(name)
          .filter(({ value }) => value !== 0)
          .map(({ labels, value }) => [Object.values(labels).join(), value]),
      ),
  };
}

function isSame(some: ExposedLabels, others: ExposedLabels): boolean {
  const sorted = (labels: ExposedLabels) => JSON.stringify(Object.entries(labels).sort());
  return sorted(some) === sorted(others);
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}
