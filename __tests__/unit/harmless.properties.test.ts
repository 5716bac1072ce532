import { describe, expect, test } from "@jest/globals";
import { type Node, Parser } from "commonmark";
import fc from "fast-check";
import { issuesSeenByBackend, metadataSeenByBackend } from "../../loopback/backend.ts";
import { harmlessLine, harmlessMarkdown, harmlessText, inlineCode, quoteText } from "../../src/harmless.ts";
import { hostileText } from "../builders/hostile-text.ts";

const RUNS = { numRuns: 3000 };
const UNLIMITED = { maxLength: Number.POSITIVE_INFINITY };

/** What GitHub, git and the backend act on. */
const ACTING: [string, RegExp][] = [
  // A link in pointed brackets is none, also where it was cut.
  ["a tag or comment", /<(?!https?:|h[tps]*…)[a-z/!?]/iu],
  ["a mention", /@[\p{L}\p{N}]/u],
  ["a reference", /#\p{N}|\/(?:issues|pull|discussions)\/\p{N}|gh-\p{N}/iu],
  ["a character reference", /&#|&(?:num|commat|lt);/i],
  ["a trailer", /^[\s>]*(?:co-authored-by|signed-off-by|agent-task-id|skip-checks)[^\S\n]*:/imu],
  ["a word that skips CI", /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/iu],
  ["an image", /!\[/],
  ["a chat command", /^\s*\/[a-z]/imu],
  ["what cannot be seen", /[\p{Cs}\0\u202a-\u202e\u2066-\u2069\u200b\ufeff\u{e0000}-\u{e007f}\u0085\u2028]/u],
];

function whatActs(text: string): string[] {
  const found = ACTING.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
  if (metadataSeenByBackend(text) !== null) found.push("metadata");
  if (issuesSeenByBackend(text).length > 0) found.push("a closing keyword");
  return found;
}

function nodesOf(root: Node): Node[] {
  const walker = root.walker();
  const nodes: Node[] = [];
  for (let event = walker.next(); event; event = walker.next()) if (event.entering) nodes.push(event.node);
  return nodes;
}

/** The top-level blocks of our text around theirs, by the reference parser. */
function blocksAround(theirs: string): Node[] {
  const document = new Parser().parse(`${theirs}\n\n### Ours\n\n[x]\n`);
  return nodesOf(document).filter(({ parent }) => parent === document);
}

describe("whatever an adversary writes", () => {
  test("nothing of it acts, in words, code or quotations", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = [
          harmlessText(text),
          harmlessMarkdown(text, UNLIMITED),
          quoteText(text),
          harmlessLine(text, 256),
          inlineCode(text),
        ];
        for (const each of shown) expect(whatActs(each)).toEqual([]);
      }),
      RUNS,
    );
  });

  test("making it harmless twice changes nothing", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(harmlessText(harmlessText(text))).toBe(harmlessText(text));
        const markdown = harmlessMarkdown(text, UNLIMITED);
        expect(harmlessMarkdown(markdown, UNLIMITED)).toBe(markdown);
      }),
      RUNS,
    );
  });

  test("its Markdown swallows nothing of what follows, and holds no HTML and no image, cut or whole", () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(60, 90, 100_000), (text, maxLength) => {
        const markdown = harmlessMarkdown(text, { maxLength });
        expect(markdown.length).toBeLessThanOrEqual(maxLength);
        const [heading, paragraph] = blocksAround(markdown).slice(-2);
        expect([heading?.type, heading?.level, paragraph?.type]).toEqual(["heading", 3, "paragraph"]);
        const types = nodesOf(new Parser().parse(markdown)).map(({ type }) => type);
        for (const type of ["html_block", "html_inline", "image"]) expect(types).not.toContain(type);
      }),
      RUNS,
    );
  });

  test("its link definitions change no link of ours", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const paragraph = blocksAround(harmlessMarkdown(`${text}\n\n[x]: /evil`, UNLIMITED)).at(-1);
        expect(paragraph?.firstChild?.type).toBe("text");
      }),
      RUNS,
    );
  });

  test("a quotation of it is one block quote with one block of code", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [quote, ...rest] = blocksAround(quoteText(text));
        expect([quote?.type, quote?.firstChild?.type, quote?.firstChild?.next]).toEqual([
          "block_quote",
          "code_block",
          null,
        ]);
        expect(rest.map(({ type }) => type)).toEqual(["heading", "paragraph"]);
      }),
      RUNS,
    );
  });

  test("as code within a line it is one piece of code", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const paragraph = new Parser().parse(`a ${inlineCode(text)} b`).firstChild;
        expect(paragraph && nodesOf(paragraph).map(({ type }) => type)).toEqual([
          "paragraph",
          "text",
          "code",
          "text",
        ]);
      }),
      RUNS,
    );
  });

  test("a line of it is one line of at most the length asked for", () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 80 }), (text, length) => {
        const line = harmlessLine(text, length);
        expect(line.length).toBeLessThanOrEqual(length);
        expect(line).not.toMatch(/[\n\r]/);
        expect(line.isWellFormed()).toBe(true);
      }),
      RUNS,
    );
  });
});
