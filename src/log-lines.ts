import { showInvisible } from "./invisible.ts";

/*
 * Text from outside for the runner's log. GitHub's runner takes a line for a command where it begins with `::` (after any
 * white space) or holds `##[` anywhere, and compares as people do: it looks through characters that have no width.
 */

const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

const COLOUR = String.raw`\x1b\[[0-9;:]*m`;
const OTHER_SEQUENCE = [
  String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]`, // move the cursor, erase
  String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)`, // title, hyperlink
  String.raw`\x1b[PX^_][^\x1b]*\x1b\\`, // device strings
  String.raw`\x1b[ -/]*[0-~]`,
].join("|");
const BETWEEN_COLOURS = new RegExp(`(${COLOUR})`, "u");
const NOT_COLOUR = new RegExp(`(?!${COLOUR})(?:${OTHER_SEQUENCE})`, "gu");
const TERMINAL_SEQUENCE = new RegExp(OTHER_SEQUENCE, "gu");

const NO_WIDTH = String.raw`(?:\p{M}|${COLOUR})*`;
const COMMAND_AT_START = new RegExp(String.raw`^((?:[\s\p{M}]|${COLOUR})*)(?=:${NO_WIDTH}:)`, "u");
const COMMAND_ANYWHERE = new RegExp(String.raw`#(?=${NO_WIDTH}#${NO_WIDTH}\x1b?\[)`, "gu");

/**
 * Splits at every line end there is, and makes each line one that commands nothing and hides nothing: `::` and `##[` are
 * broken by a backslash, terminal sequences other than colours are taken out, invisible characters shown.
 */
export function logLines(text: string): string[] {
  return text.split(LINE_ENDS).map((line) => {
    const pieces = line.replace(NOT_COLOUR, "").split(BETWEEN_COLOURS);
    const shown = pieces.map((piece, index) => (index % 2 === 1 ? piece : showInvisible(piece))).join("");
    return shown.replace(COMMAND_AT_START, "$1\\").replace(COMMAND_ANYWHERE, "#\\");
  });
}

/** The text without what only a terminal understands: colours, cursor movements, titles. */
export function withoutTerminalSequences(text: string): string {
  return text.replace(TERMINAL_SEQUENCE, "");
}
