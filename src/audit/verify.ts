import { z } from "zod";
import { GENESIS, hashOf } from "./chain.ts";
import type { ChainLink } from "./event.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const linked = z.looseObject({
  metadata: z.looseObject({
    chain: z.strictObject({ index: z.number().int().nonnegative(), prev: hash, hash }),
  }),
});

/** One line of a trail's file; `null` for bytes that are no UTF-8. */
export type TrailLine = string | null;

/** Whether a trail is whole; else the first line (from 1) where it is not, and what is wrong there. */
export type Verification =
  | { ok: true; events: number; head: string }
  | {
      ok: false;
      line: number;
      what: "changed" | "missing" | "reordered" | "cut-off" | "appended";
      detail: string;
    };

const LINE_END = 0x0a;

/** The lines of a trail's file, each read strictly: a decoder that is lenient would show what is not there as `U+FFFD`. */
export function splitTrail(content: Uint8Array): TrailLine[] {
  const lines: TrailLine[] = [];
  for (let start = 0; start < content.length; ) {
    const found = content.indexOf(LINE_END, start);
    const end = found === -1 ? content.length : found;
    lines.push(decodeLine(content.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

/**
 * Holds every line against its own hash and against the line before. What is missing at the end, or was added there, shows only
 * where the head (the last line's hash, as the run told it) is given.
 */
export function verifyTrail(lines: readonly TrailLine[], head: string | null = null): Verification {
  const links = lines.map(readLink);
  let prev = GENESIS;
  for (const [index, link] of links.entries()) {
    // Whatever it is: the run had ended its trail before it.
    if (head === prev) return broken(index, "appended", appendedDetail(lines.length - index));
    if (!link) return broken(index, "changed", "it is not the event that its hash was made for");
    if (link.index !== index) return outOfPlace(index, link, links);
    if (link.prev !== prev) return broken(index, "changed", "it does not follow on the line before it");
    prev = link.hash;
  }
  if (lines.length === 0) return broken(0, "missing", "the trail holds no event");
  if (head !== null && head !== prev) {
    return broken(lines.length, "cut-off", "the trail ends before this line, and not with the given head");
  }
  return { ok: true, events: lines.length, head: prev };
}

function appendedDetail(count: number): string {
  return `the trail ends before this line, by the given head: ${count} more than the run wrote`;
}

function outOfPlace(index: number, link: ChainLink, links: (ChainLink | null)[]): Verification {
  const expected = links.some((other, at) => at > index && other?.index === index);
  const place = `it is event ${link.index}, and event ${index} should be here`;
  return broken(index, link.index < index || expected ? "reordered" : "missing", place);
}

function broken(
  index: number,
  what: Extract<Verification, { ok: false }>["what"],
  detail: string,
): Verification {
  return { ok: false, line: index + 1, what, detail };
}

function decodeLine(bytes: Uint8Array): TrailLine {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The link of a line that is, to the letter, what was written; `null` for any other. */
function readLink(line: TrailLine): ChainLink | null {
  if (line === null) return null;
  try {
    // The parsed copy may lack a key (`__proto__`), and the hash is over all of them.
    const event: z.infer<typeof linked> = JSON.parse(line);
    if (!linked.safeParse(event).success || JSON.stringify(event) !== line) return null;
    const { hash: given, ...chain } = event.metadata.chain;
    const isOwn = hashOf({ ...event, metadata: { ...event.metadata, chain } }) === given;
    return isOwn ? event.metadata.chain : null;
  } catch {
    return null;
  }
}
