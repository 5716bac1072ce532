import { type Family, renderFamilies, renderNumber, type Sample } from "./exposition.ts";

/** A value for each of a metric's labels. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

export interface MetricOptions<Name extends string> {
  name: string;
  /** What it tells, in one line. */
  help: string;
  /** Default none: the metric is then one value, 0 at first. */
  labelNames?: readonly Name[];
  registers: Registry[];
}

/** The metrics that are served together. */
export class Registry {
  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  readonly #metrics: { family(): Family }[] = [];

  registerMetric(metric: { family(): Family }): void {
    this.#metrics.push(metric);
  }

  /** All of them in Prometheus's text format, in the order in which they were registered. */
  async metrics(): Promise<string> {
    return renderFamilies(this.#metrics.map((metric) => metric.family()));
  }
}

/** How a kind of metric begins, and what is told of it. */
interface Kind<Value> {
  type: Family["type"];
  first(): Value;
  samplesOf(labels: Sample["labels"], value: Value): Sample[];
}

/** What there is for each combination of labels that was seen. */
class Metric<Name extends string, Value> {
  readonly #options: MetricOptions<Name>;
  readonly #kind: Kind<Value>;
  readonly #series = new Map<string, { labels: Labels<Name>; value: Value }>();

  constructor(kind: Kind<Value>, options: MetricOptions<Name>) {
    this.#kind = kind;
    this.#options = options;
    if (this.#labelNames.length === 0) this.at({} as Labels<Name>);
    for (const registry of options.registers) registry.registerMetric(this);
  }

  family(): Family {
    const { name, help } = this.#options;
    const { type, samplesOf } = this.#kind;
    const samples = [...this.#series.values()].flatMap(({ labels, value }) => samplesOf(labels, value));
    return { name, help, type, samples };
  }

  protected at(labels: Labels<Name>): { value: Value } {
    const key = this.#keyOf(labels);
    const series = this.#series.get(key) ?? { labels, value: this.#kind.first() };
    this.#series.set(key, series);
    return series;
  }

  protected drop(labels: Labels<Name>): void {
    this.#series.delete(this.#keyOf(labels));
  }

  get #labelNames(): readonly Name[] {
    return this.#options.labelNames ?? [];
  }

  #keyOf(labels: Labels<Name>): string {
    return JSON.stringify(this.#labelNames.map((name) => labels[name]));
  }
}

const ONE_NUMBER = {
  first: () => 0,
  samplesOf: (labels: Sample["labels"], value: number) => [{ labels, value }],
};

/** Counts what happens. */
export class Counter<Name extends string = never> extends Metric<Name, number> {
  constructor(options: MetricOptions<Name>) {
    super({ type: "counter", ...ONE_NUMBER }, options);
  }

  /** `by` is 0 or more. */
  inc(labels: Labels<Name>, by = 1): void {
    this.at(labels).value += by;
  }
}

/** Tells how something is. */
export class Gauge<Name extends string = never> extends Metric<Name, number> {
  constructor(options: MetricOptions<Name>) {
    super({ type: "gauge", ...ONE_NUMBER }, options);
  }

  set(labels: Labels<Name>, value: number): void {
    this.at(labels).value = value;
  }

  /** Nothing is told until it is set again. */
  remove(labels: Labels<Name>): void {
    this.drop(labels);
  }
}

interface Observed {
  /** How many values were at most so large. */
  buckets: { bound: number; count: number }[];
  sum: number;
  count: number;
}

/** Tells how values are distributed. */
export class Histogram<Name extends string = never> extends Metric<Name, Observed> {
  /** `buckets`: upper bounds, each one included in its bucket, in rising order. */
  constructor(options: MetricOptions<Name> & { buckets: readonly number[] }) {
    const buckets = () => options.buckets.map((bound) => ({ bound, count: 0 }));
    const first = () => ({ buckets: buckets(), sum: 0, count: 0 });
    super({ type: "histogram", first, samplesOf: histogramSamples }, options);
  }

  /** Tells of these labels before there is a value for them. */
  zero(labels: Labels<Name>): void {
    this.at(labels);
  }

  observe(labels: Labels<Name>, value: number): void {
    const observed = this.at(labels).value;
    for (const bucket of observed.buckets) if (value <= bucket.bound) bucket.count += 1;
    observed.sum += value;
    observed.count += 1;
  }
}

function histogramSamples(labels: Sample["labels"], { buckets, sum, count }: Observed): Sample[] {
  const all = [...buckets, { bound: Infinity, count }];
  return [
    ...all.map(({ bound, count }) => bucketSample({ ...labels, le: renderNumber(bound) }, count)),
    { suffix: "_sum", labels, value: sum },
    { suffix: "_count", labels, value: count },
  ];
}

function bucketSample(labels: Sample["labels"], value: number): Sample {
  return { suffix: "_bucket", labels, value };
}
