import type { Log } from "../../src/ports.ts";

export interface FakeLog extends Log {
  lines: { level: "debug" | "info" | "warning" | "outside" | "group"; text: string }[];
  /** The texts of one level. */
  texts(level: FakeLog["lines"][number]["level"]): string[];
}

export function createFakeLog(): FakeLog {
  const lines: FakeLog["lines"] = [];
  const write = (level: FakeLog["lines"][number]["level"]) => (text: string) => {
    lines.push({ level, text });
  };
  return {
    lines,
    texts: (level) => lines.filter((line) => line.level === level).map(({ text }) => text),
    debug: write("debug"),
    info: write("info"),
    warning: write("warning"),
    outside: write("outside"),
    async group(title, work) {
      write("group")(title);
      return await work();
    },
  };
}
