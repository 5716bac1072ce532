/** Pieces of Markdown that several renderers share. */
import { harmlessLine } from "../harmless.ts";
import type { StageTime } from "../progress.ts";
import type { Issue, Run, Stage } from "../task.ts";
import { bytesOf } from "./fit.ts";

const LONGEST_NOTE = 500;
const NOTES_ROOM = 6000;

/** What each stage is called in the checklist and in a failure. */
export const STAGE_NAMES: Record<Stage, string> = {
  authorise: "Permission",
  checkout: "Checkout",
  process: "Processing step",
  check: "Limits",
  push: "Push",
  "pull-request": "Pull request",
};

/** Paragraphs, lists and headings with a blank line between them; empty ones are left out. */
export function blocks(...parts: (string | null)[]): string {
  return parts.filter(Boolean).join("\n\n");
}

export function section(title: string, content: string | null): string | null {
  return content && `### ${title}\n\n${content}`;
}

/** A list of notes, which may hold text from outside; at most 6,000 bytes, the rest is counted. `null` for none. */
export function noteList(notes: readonly string[]): string | null {
  return listWithin(
    NOTES_ROOM,
    notes.map((note) => harmlessLine(note, LONGEST_NOTE)),
  );
}

/** A list of at most `room` bytes, the rest of which is counted. `null` for none. */
export function listWithin(room: number, entries: readonly string[]): string | null {
  const lines: string[] = [];
  let left = room;
  for (const entry of entries) {
    const line = `- ${entry}`;
    left -= bytesOf(line) + 1;
    if (left < 0) break;
    lines.push(line);
  }
  const more = entries.length - lines.length;
  return [...lines, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n") || null;
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A table without a head; rows without a value are left out. */
export function facts(rows: [string, string | null][]): string {
  return table(
    ["", ""],
    rows.flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}

/** A link to an issue or a pull request. */
export function threadLink(repository: string, { number, url }: Pick<Issue, "number" | "url">): string {
  return `[${repository}#${number}](${url})`;
}

/** Where the log is, and which try it was when there were more. */
export function runLine(run: Run, attempt: number): string {
  return `[Run and log](${run.url})${attempt > 1 ? ` · attempt ${attempt}` : ""}`;
}

/** `1.2 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Milliseconds from its start to its end; `null` while it goes on. */
export function durationOf({ startedAt, endedAt }: StageTime): number | null {
  return endedAt && endedAt.getTime() - startedAt.getTime();
}
