import { BREAK } from "./invisible.ts";

/** A line that may begin a fenced code block: what stands before the fence, the fence, its info string. */
const FENCE = /^([ \t>*+\-\d.)]*)(`{3,}|~{3,})(.*)$/;
const INDENTED = /^ {0,8}$/;
const LONGEST_FENCE = 20;

interface OpenFence {
  line: number;
  indent: number;
  fence: string;
}

/**
 * Markdown with every fenced block closed, so that the text after it stays outside. A fence is broken where only a whole
 * Markdown parser could tell how far its block goes: in a list or a quote that ends before the fence does.
 */
export function settleFences(markdown: string): string {
  const lines = markdown.split("\n");
  let open: OpenFence | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const next = open ? readOn(line, open) : "ended";
    if (next === "inside") continue;
    if (next === "closed") {
      open = null;
      continue;
    }
    if (open) breakFences(lines, open.line, at);
    open = openingOf(line, at);
    if (!open) breakFences(lines, at, at + 1);
  }
  if (open) lines.push(" ".repeat(open.indent) + open.fence);
  return lines.join("\n");
}

/** Code to be shown letter by letter, in a fence that nothing in it can close. */
export function fence(code: string, language: string): string {
  const marks = "`".repeat(Math.max(3, longestRun(code) + 1));
  return `${marks}${language}\n${code.replace(/\n$/, "")}\n${marks}`;
}

/** The length of the longest run of backticks. */
export function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}

function openingOf(line: string, at: number): OpenFence | null {
  const [, before = "", fence = ""] = FENCE.exec(line) ?? [];
  if (!isFence(line) || !INDENTED.test(before) || fence.length > LONGEST_FENCE) return null;
  return { line: at, indent: before.length, fence };
}

/** What a line is to the fence that stands open: code, its end, or proof that its list was left without an end. */
function readOn(line: string, { indent, fence }: OpenFence): "inside" | "closed" | "ended" {
  // To Markdown no other character is a space here.
  const before = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  const text = line.slice(before);
  if (text === "") return "inside";
  if (before < indent) return "ended";
  const [, marks = ""] = /^(`+|~+)[ \t]*$/.exec(text) ?? [];
  if (!marks.startsWith(fence)) return "inside";
  if (before === indent) return "closed";
  // At the left edge the fence is in no list, so the rule is CommonMark's own: up to three spaces.
  if (indent === 0) return /^ {0,3}[`~]/.test(line) ? "closed" : "inside";
  return "ended";
}

function breakFences(lines: string[], from: number, to: number): void {
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? "";
    if (isFence(line)) lines[at] = line.replace(/[`~]/, `$&${BREAK}`);
  }
}

/** With a backtick in its info string, a line of backticks is code within a line. */
function isFence(line: string): boolean {
  const [, , fence, info] = FENCE.exec(line) ?? [];
  return fence !== undefined && !(fence.startsWith("`") && info?.includes("`"));
}
