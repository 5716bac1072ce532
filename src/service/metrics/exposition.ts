/** One value of a metric. */
export interface Sample {
  /** What stands behind the metric's name. */
  suffix?: "_bucket" | "_sum" | "_count";
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** All values of a metric. */
export interface Family {
  /** A name as Prometheus takes it, like those of the labels: letters, digits, underscores. */
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples: Sample[];
}

/** Prometheus's text format, version 0.0.4. */
export function renderFamilies(families: Family[]): string {
  return families.map(renderFamily).join("\n");
}

/** A number as Go reads it. */
export function renderNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function renderFamily({ name, help, type, samples }: Family): string {
  const lines = samples.map(
    ({ suffix = "", labels, value }) => `${name}${suffix}${renderLabels(labels)} ${renderNumber(value)}\n`,
  );
  return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function renderLabels(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escapeText(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
