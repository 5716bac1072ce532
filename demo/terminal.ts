import { stripVTControlCharacters, styleText } from "node:util";
import { showInvisible } from "../src/invisible.ts";
import { withoutTerminalSequences } from "../src/log-lines.ts";

type Style = Parameters<typeof styleText>[0];

/** Columns that the demo fills: those of the terminal, within what reads well. */
export const WIDTH = Math.min(Math.max(process.stdout.columns ?? 92, 72), 100);

/** Text in a style, where standard output is a terminal and `NO_COLOR` is not set. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** A numbered heading with a rule up to the right edge. */
export function printHeading(title: string): void {
  print();
  print(
    `${styled("cyan", "━━")} ${styled("bold", title)} ${styled("cyan", "━".repeat(Math.max(WIDTH - title.length - 4, 3)))}`,
  );
  print();
}

/** Prose of ours, wrapped. */
export function printProse(text: string): void {
  for (const line of wrap(text, WIDTH - 2)) print(`  ${line}`);
}

/** A text from outside (Markdown, a log), with a bar at its side; nothing in it can move the cursor. */
export function printQuoted(text: string, style: (line: string) => Style = () => "reset"): void {
  for (const raw of text.trimEnd().split(/\r?\n/)) {
    for (const line of wrap(printable(raw), WIDTH - 4))
      print(`  ${styled("gray", "│")} ${styled(style(raw), line)}`);
  }
}

/** A line behind its time, wrapped. */
export function printTimed(time: string, text: string, style: Style = "reset"): void {
  for (const [index, line] of wrap(text, WIDTH - 10).entries())
    print(`  ${index === 0 ? time : "      "}  ${styled(style, line)}`);
}

/** A line with its second half at the right edge. */
export function printSides(left: string, right: string): void {
  const gap = WIDTH - 2 - columnsOf(left) - columnsOf(right);
  print(`  ${left}${" ".repeat(Math.max(gap, 1))}${right}`);
}

function printable(line: string): string {
  return showInvisible(withoutTerminalSequences(line)).replaceAll("\t", "    ");
}

function columnsOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Breaks at spaces where there are any; keeps the indentation of the first part. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > width / 3 ? space : width;
    lines.push(rest.slice(0, end).join(""));
    rest = rest.slice(end + (space > width / 3 ? 1 : 0));
  }
  return [...lines, rest.join("")];
}
