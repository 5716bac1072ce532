import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { logLines, withoutTerminalSequences } from "../../src/log-lines.ts";

const ESCAPE = "\u001b";

describe("logLines", () => {
  test.each([
    ["::set-output name=a::b", "\\::set-output name=a::b"],
    ["   \t::error::no", "   \t\\::error::no"],
    ["\u00a0\u3000::error::no", "\u00a0\u3000\\::error::no"],
    ["##[group]x", "#\\#[group]x"],
    ["text ###[error]x", "text ##\\#[error]x"],
    [`${ESCAPE}[31m::error::red`, `${ESCAPE}[31m\\::error::red`],
    [`#${ESCAPE}[0m#[error]`, `#\\${ESCAPE}[0m#[error]`],
    [`##${ESCAPE}[31mred`, `#\\#${ESCAPE}[31mred`],
    [":\u0301:error::accent", "\\:\u0301:error::accent"],
  ])("a line that would be a command is broken: %j", (line, expected) => {
    expect(logLines(line)).toEqual([expected]);
  });

  test.each([
    "a::b",
    "C:\\::",
    "std::vector",
    "# heading",
    "## [link](x)",
    ": :",
  ])("a line that is no command stays as it is: %j", (line) => {
    expect(logLines(line)).toEqual([line]);
  });

  test.each([
    "\n",
    "\r",
    "\r\n",
    "\v",
    "\f",
    "\u0085",
    "\u2028",
    "\u2029",
  ])("a command cannot hide behind the line end %j", (end) => {
    expect(logLines(`a${end}::error::b`)).toEqual(["a", "\\::error::b"]);
  });

  test("a command cannot be put together by taking out terminal sequences", () => {
    expect(logLines(`#${ESCAPE}[2J#[error]`)).toEqual(["#\\#[error]"]);
    expect(logLines(`:${ESCAPE}]0;title\u0007:error::x`)).toEqual(["\\::error::x"]);
  });

  test("characters without width, which the runner looks through, are shown", () => {
    expect(logLines("\u200b::error::x")).toEqual(["\\u{200b}::error::x"]);
    expect(logLines("#\u00ad#[error]x")).toEqual(["#\\u{ad}#[error]x"]);
    expect(logLines("\u202eabc\u{e0041}\u0008")).toEqual(["\\u{202e}abc\\u{e0041}\\u{8}"]);
  });

  test("colours, tabs and emoji stay", () => {
    const line = `${ESCAPE}[1;31merror${ESCAPE}[0m\t👩‍💻 ⚠️ é`;
    expect(logLines(line)).toEqual([line]);
  });

  test("cursor movements, titles and links are taken out", () => {
    const link = `${ESCAPE}]8;;https://example.com${ESCAPE}\\here${ESCAPE}]8;;${ESCAPE}\\`;
    expect(logLines(`${ESCAPE}[2K${ESCAPE}[1Gdone ${link}`)).toEqual(["done here"]);
  });
});

const pieces = fc.constantFrom(
  ...[
    "::",
    ":",
    "#",
    "##[",
    "[",
    "]",
    "error",
    " ",
    "\t",
    "\r",
    "\n",
    "\u2028",
    "\u0085",
    "\u00a0",
    "\ufeff",
  ],
  ...["\u200b", "\u00ad", "\u0301", "\u20e3", "\ufe0f", "\u200d", "❤", "\ud800", "\u0000", "\u009b", "2J"],
  ...[ESCAPE, `${ESCAPE}[31m`, `${ESCAPE}[2J`, `${ESCAPE}]0;`, "\u0007", `${ESCAPE}\\`, "\\"],
);
const hostile = fc.oneof(
  fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
);

/** What the runner reads: characters that its culture-sensitive comparison ignores are not there. */
const asRunnerReads = (line: string) =>
  line.replace(/[\p{M}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, (c) => (c === "\t" ? c : ""));

test("no line is ever a command to the runner, with its colours or without them", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const line of logLines(text).flatMap((line) => [line, withoutTerminalSequences(line)])) {
        expect(asRunnerReads(line)).not.toMatch(/^\s*::|##\[/);
        expect(line).not.toMatch(/[\n\r\v\f\u0085\u2028\u2029]/);
      }
    }),
    { numRuns: 5000 },
  );
});

test("lines that are harmless already stay as they are", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const lines = logLines(text);
      expect(lines.flatMap(logLines)).toEqual(lines);
    }),
    { numRuns: 2000 },
  );
});
