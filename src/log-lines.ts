/**
 * Text from outside as lines for the runner's log. GitHub's runner takes a line for a command where it begins with `::`
 * (after any white space) or holds `##[`, and compares as people do: it looks through characters that have no width.
 */

const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

const COLOUR = String.raw`\x1b\[[0-9;:]*m`;
const OTHER_SEQUENCE = [
  String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]`, // move the cursor, erase
  String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)`, // title, hyperlink
  String.raw`\x1b[PX^_][^\x1b]*\x1b\\`, // device strings
  String.raw`\x1b[ -/]*[0-~]`,
].join("|");
// An emoji is written with them: there they hide nothing.
const EMOJI_JOINERS = String.raw`(?<=\p{Extended_Pictographic}\ufe0f?)[\ufe0e\ufe0f\u200d]`;
const INVISIBLE = String.raw`(?!\t)\p{Cc}|\p{Cf}|\p{Cs}|\p{Default_Ignorable_Code_Point}`;
const UNSAFE = new RegExp(
  `(?<kept>${COLOUR}|${EMOJI_JOINERS})|(?<removed>${OTHER_SEQUENCE})|(?<shown>${INVISIBLE})`,
  "gu",
);

const NO_WIDTH = String.raw`(?:\p{M}|${COLOUR})*`;
const COMMAND_AT_START = new RegExp(String.raw`^((?:[\s\p{M}]|${COLOUR})*)(?=:${NO_WIDTH}:)`, "u");
const COMMAND_ANYWHERE = new RegExp(String.raw`#(?=${NO_WIDTH}#${NO_WIDTH}\[)`, "gu");

const TERMINAL_SEQUENCE = new RegExp(`${COLOUR}|${OTHER_SEQUENCE}`, "gu");

/** The text without what only a terminal understands: colours, cursor movements, titles. */
export function withoutTerminalSequences(text: string): string {
  return text.replace(TERMINAL_SEQUENCE, "");
}

/**
 * Splits at every line end there is, and makes each line one that commands nothing and hides nothing: `::` and `##[` are broken
 * by a backslash, terminal sequences other than colours are taken out, invisible characters (control, bidi, tag …) are
 * shown as `\u{…}`.
 */
export function logLines(text: string): string[] {
  return text.split(LINE_ENDS).map((line) => breakCommands(line.replace(UNSAFE, replaceUnsafe)));
}

function replaceUnsafe(match: string, kept: string | undefined, removed: string | undefined): string {
  if (kept !== undefined) return kept;
  if (removed !== undefined) return "";
  return `\\u{${match.codePointAt(0)?.toString(16)}}`;
}

function breakCommands(line: string): string {
  return line.replace(COMMAND_AT_START, "$1\\").replace(COMMAND_ANYWHERE, "#\\");
}
