import { medianOf, type Sample } from "./measure.ts";
import type { Size } from "./repositories.ts";

/** The runs of one contender on one repository with one latency. */
export interface Result {
  size: Size;
  /** Milliseconds added to each request. */
  latency: number;
  contender: string;
  samples: Sample[];
}

export interface Measured {
  results: Result[];
  /** What, and the median of its milliseconds. */
  starts: [string, number][];
  /** Git requests of a patch over a hundred files; `null` where no repository has as many. */
  hundredFiles: number | null;
}

const COLUMNS = [
  "Median",
  "÷ floor",
  "÷ shell",
  "API calls",
  "of them create",
  "Git requests",
  "Peak memory",
];

/** Everything that was measured, as Markdown. */
export function renderResults({ results, starts, hundredFiles }: Measured): string {
  const groups = Map.groupBy(results, ({ size, latency }) => titleOf(size, latency));
  const parts = [...groups].map(([title, group]) => {
    const runs = group[0]?.samples.length ?? 0;
    return `### ${title}\n\nMedians of ${runs} runs.\n\n${table(
      ["", ...COLUMNS],
      group.map((one) => row(one, group)),
    )}`;
  });
  const start = table(
    ["Start", "Median"],
    starts.map(([what, value]) => [what, milliseconds(value)]),
  );
  const patch =
    hundredFiles === null ? [] : [`A patch over 100 files takes ${hundredFiles} git HTTP requests.`];
  return [...parts, "### Start", start, ...patch].join("\n\n");
}

function titleOf({ title }: Size, latency: number): string {
  return latency === 0 ? title : `${title}, ${latency} ms added to each request`;
}

function row({ contender, samples }: Result, group: Result[]): string[] {
  const of = (field: keyof Sample) => medianOf(samples, field);
  const time = of("milliseconds");
  const ratio = (other: string) => {
    const base = medianOf(group.find((one) => one.contender === other)?.samples ?? [], "milliseconds");
    return time === null || base === null || contender === other ? "" : (time / base).toFixed(2);
  };
  const peak = of("peakMb");
  return [
    contender,
    milliseconds(time),
    ratio("floor"),
    ratio("plain shell"),
    String(of("apiCalls") ?? ""),
    String(of("contentCalls") ?? ""),
    String(of("gitRequests") ?? ""),
    peak === null ? "" : `${Math.round(peak)} MB`,
  ];
}

export function milliseconds(value: number | null): string {
  return value === null ? "" : `${Math.round(value).toLocaleString("en-US")} ms`;
}

/** A Markdown table; all columns but the first hold numbers. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}
