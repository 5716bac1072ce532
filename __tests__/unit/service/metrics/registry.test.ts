import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Counter, Gauge, Histogram, Registry } from "../../../../src/service/metrics/registry.ts";
import { readExposition } from "../../../builders/exposition.ts";
import { checkMetrics, testWithPromtool, WHY_NOT } from "../../../builders/promtool.ts";

const options = { name: "a_metric", help: "What it tells." };

/** What a registry with one metric says. */
async function told(define: (registers: Registry[]) => void): Promise<string> {
  const registry = new Registry();
  define([registry]);
  return await registry.metrics();
}

/** A text with everything that means something in the format, and everything else. */
const anyText = fc
  .array(
    fc.oneof(fc.constantFrom("\\", '"', "\n", "n", "\r", "}", "{", ",", "=", " ", "# HELP x"), fc.string()),
  )
  .map((parts) => parts.join(""));

describe("the text format", () => {
  test("is that of Prometheus, version 0.0.4", async () => {
    const text = await told((registers) => {
      new Counter({ ...options, labelNames: ["kind", "of"], registers }).inc({ kind: "one", of: "two" }, 3);
      new Gauge({ name: "another", help: "Something else.", registers }).set({}, 0.25);
      new Histogram({ name: "last", help: "Times.", buckets: [1, 2.5], registers }).observe({}, 2);
    });
    expect(text).toBe(`# HELP a_metric What it tells.
# TYPE a_metric counter
a_metric{kind="one",of="two"} 3

# HELP another Something else.
# TYPE another gauge
another 0.25

# HELP last Times.
# TYPE last histogram
last_bucket{le="1"} 0
last_bucket{le="2.5"} 1
last_bucket{le="+Inf"} 1
last_sum 2
last_count 1
`);
    expect(new Registry().contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  });

  test("keeps what a text would do to it within the text", async () => {
    const text = await told((registers) => {
      const help = 'A \\ and a "quote"\nand a line.';
      const evil = new Gauge({ ...options, help, labelNames: ["name"], registers });
      evil.set({ name: '\\"} 1\n# TYPE other counter\nother 2' }, 1);
    });
    expect(text.split("\n")).toEqual([
      '# HELP a_metric A \\\\ and a "quote"\\nand a line.',
      "# TYPE a_metric gauge",
      'a_metric{name="\\\\\\"} 1\\n# TYPE other counter\\nother 2"} 1',
      "",
    ]);
  });

  test("says any text and any number so that it is read as the same", async () => {
    const property = fc.asyncProperty(anyText, anyText, fc.double(), async (help, name, value) => {
      const text = await told((registers) => {
        new Gauge({ ...options, help, labelNames: ["name"], registers }).set({ name }, value);
      });
      const { metrics } = readExposition(text);
      // Prometheus knows no sign of nothing.
      const samples = [{ name: "a_metric", labels: { name }, value: value + 0 }];
      expect([...metrics]).toEqual([["a_metric", { type: "gauge", help, samples }]]);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test.each([
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [Number.NaN, "NaN"],
    [1e21, "1e+21"],
    [5e-7, "5e-7"],
  ])("writes the number %d as Go reads it", async (value, written) => {
    const text = await told((registers) => new Gauge({ ...options, registers }).set({}, value));
    expect(text.split("\n")[2]).toBe(`a_metric ${written}`);
  });
});

testWithPromtool(`what is said is what promtool reads${WHY_NOT}`, async () => {
  const registry = new Registry();
  const labelled = { labelNames: ["name" as const], registers: [registry] };
  const gauge = new Gauge({ name: "room_celsius", help: 'A \\ and a "quote"\nand a line.', ...labelled });
  const histogram = new Histogram({
    name: "wait_seconds",
    help: "Times.",
    buckets: [0.5, 1e21],
    ...labelled,
  });
  const names = ["\\", '"', "\n", '\\"} 1\n# TYPE other counter\nother 2', "\r\u2028\u0000", "é😀", ""];
  const values = [Infinity, -Infinity, Number.NaN, 1e21, 5e-7, -0, 0.1];
  for (const [index, name] of names.entries()) {
    gauge.set({ name }, values[index] ?? 0);
    histogram.observe({ name }, 1e20);
  }
  expect(checkMetrics(await registry.metrics())).toEqual({ status: 0, complaints: "" });
});

describe("a counter and a gauge", () => {
  test("without labels are 0 from the beginning; with labels they are told once there is something", async () => {
    const text = await told((registers) => {
      new Counter({ ...options, registers });
      new Gauge({ ...options, name: "another", labelNames: ["name"], registers });
    });
    const { metrics, value } = readExposition(text);
    expect(value("a_metric")).toBe(0);
    expect(metrics.get("another")?.samples).toEqual([]);
  });

  test("are one value for each combination of labels, in whatever order these are given", async () => {
    const text = await told((registers) => {
      const counter = new Counter({ ...options, labelNames: ["one", "two"], registers });
      for (const labels of [
        { one: "a", two: "b" },
        { two: "b", one: "a" },
        { one: "b", two: "a" },
      ]) {
        counter.inc(labels);
      }
    });
    const { value, metrics } = readExposition(text);
    expect(metrics.get("a_metric")?.samples).toHaveLength(2);
    expect(value("a_metric", { one: "a", two: "b" })).toBe(2);
  });

  test("that is taken away is not told until it is set again", async () => {
    const registry = new Registry();
    const gauge = new Gauge({ ...options, registers: [registry] });
    gauge.remove({});
    expect(readExposition(await registry.metrics()).value("a_metric")).toBeUndefined();
    gauge.set({}, 4);
    expect(readExposition(await registry.metrics()).value("a_metric")).toBe(4);
  });
});

describe("a histogram", () => {
  test("counts in each bucket all values up to its bound, in the last one all, and gives their sum", async () => {
    const bounds = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 8 });
    const values = fc.array(fc.integer({ min: -60, max: 60 }), { maxLength: 40 });
    const property = fc.asyncProperty(bounds, values, async (unsorted, seen) => {
      const buckets = unsorted.sort((a, b) => a - b);
      const text = await told((registers) => {
        const histogram = new Histogram({ ...options, labelNames: ["of"], buckets, registers });
        histogram.zero({ of: "these" });
        histogram.observe({ of: "others" }, 7);
        for (const value of seen) histogram.observe({ of: "these" }, value);
      });
      const { metrics, value } = readExposition(text);
      const of = { of: "these" };
      for (const bound of buckets) {
        const expected = seen.filter((each) => each <= bound).length;
        expect(value("a_metric_bucket", { ...of, le: String(bound) })).toBe(expected);
      }
      expect(value("a_metric_bucket", { ...of, le: "+Inf" })).toBe(seen.length);
      expect(value("a_metric_count", of)).toBe(seen.length);
      expect(value("a_metric_sum", of)).toBe(seen.reduce((sum, each) => sum + each, 0));
      expect(metrics.get("a_metric")?.samples).toHaveLength(2 * (buckets.length + 3));
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
