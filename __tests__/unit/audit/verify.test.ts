import { describe, expect, test } from "@jest/globals";
import { hashOf } from "../../../src/audit/chain.ts";
import { splitTrail, verifyTrail } from "../../../src/audit/verify.ts";
import { trailLines } from "../../builders/audit.ts";

/** What anybody can make of `LINES`: two more, chained on. */
const LONGER = trailLines(8);
const LINES = LONGER.slice(0, 6);
const HEAD = headOf(LINES);

function headOf(lines: readonly string[]): string {
  return JSON.parse(lines.at(-1) ?? "").metadata.chain.hash;
}

/** The line with another resource, and a hash that fits it. */
function forged(line: string): string {
  const event = { ...JSON.parse(line), resource: "something else" };
  const { index, prev } = event.metadata.chain;
  const unhashed = { ...event, metadata: { ...event.metadata, chain: { index, prev } } };
  return JSON.stringify({
    ...event,
    metadata: { ...event.metadata, chain: { index, prev, hash: hashOf(unhashed) } },
  });
}

describe("a trail", () => {
  test("that is as it was written is whole, and its head is the last line's hash", () => {
    expect(verifyTrail(LINES)).toEqual({ ok: true, events: 6, head: HEAD });
    expect(verifyTrail(LINES, HEAD)).toMatchObject({ ok: true });
  });

  test("with any one letter changed names that line", () => {
    for (const [index, line] of LINES.entries()) {
      for (let at = 0; at < line.length; at += 7) {
        const letter = line[at] === "x" ? "y" : "x";
        const changed = LINES.with(index, line.slice(0, at) + letter + line.slice(at + 1));
        expect(verifyTrail(changed)).toMatchObject({ ok: false, line: index + 1, what: "changed" });
      }
    }
  });

  test.each([
    ["white space", (line: string) => line.replace(":", ": ")],
    ["a key twice", (line: string) => line.replace("{", '{"actor":"human",')],
    ["one key more", (line: string) => line.replace('{"event_id"', '{"__proto__":1,"event_id"')],
    ["an event that has a fitting hash", forged],
  ])("in which a line got %s is changed there, or where the next one no longer follows", (_what, change) => {
    const found = verifyTrail(LINES.with(2, change(LINES[2] ?? "")));
    expect(found).toMatchObject({ ok: false, what: "changed" });
    expect([3, 4]).toContain(found.ok ? 0 : found.line);
  });

  test("without one of its lines names the place where it is missing", () => {
    for (let index = 0; index < 5; index += 1) {
      expect(verifyTrail(LINES.toSpliced(index, 1))).toMatchObject({
        ok: false,
        line: index + 1,
        what: "missing",
      });
    }
  });

  test("with two lines in each other's place names the first of them", () => {
    const [second = "", fourth = ""] = [LINES[1], LINES[3]];
    const found = verifyTrail(LINES.with(1, fourth).with(3, second));
    expect(found).toMatchObject({ ok: false, line: 2, what: "reordered" });
  });

  test("with a line twice names the second one", () => {
    const found = verifyTrail(LINES.toSpliced(3, 0, LINES[2] ?? ""));
    expect(found).toMatchObject({ ok: false, line: 4, what: "reordered" });
  });

  test("that ends too early shows it only to whoever knows the head", () => {
    const cut = LINES.slice(0, 4);
    expect(verifyTrail(cut)).toMatchObject({ ok: true, events: 4 });
    expect(verifyTrail(cut, HEAD)).toMatchObject({ ok: false, line: 5, what: "cut-off" });
  });

  test.each([
    ["chained on, as anybody can", LONGER.slice(6)],
    ["a line that is no event", ["{}"]],
    ["the last line again", LINES.slice(-1)],
  ])("with something appended shows it only to whoever knows the head: %s", (_what, more) => {
    const found = verifyTrail([...LINES, ...more], HEAD);
    expect(found).toMatchObject({
      ...{ ok: false, line: 7, what: "appended" },
      detail: expect.stringContaining(`${more.length} more than the run wrote`),
    });
  });

  test("that was chained on is whole to whoever does not know the head", () => {
    expect(verifyTrail(LONGER)).toMatchObject({ ok: true, events: 8 });
  });

  test("of nothing lacks its first event", () => {
    expect(verifyTrail([])).toMatchObject({ ok: false, line: 1, what: "missing" });
  });

  test.each([
    "",
    "null",
    "[]",
    "7",
    '{"metadata":{}}',
    "[".repeat(100_000),
  ])("that begins with %p is changed there", (line) => {
    expect(verifyTrail([line, ...LINES.slice(1)])).toMatchObject({ ok: false, line: 1, what: "changed" });
  });
});

describe("the bytes of a trail", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("are its lines, whether the last one is ended or not", () => {
    expect(splitTrail(bytes(`${LINES.join("\n")}\n`))).toEqual(LINES);
    expect(splitTrail(bytes(LINES.join("\n")))).toEqual(LINES);
    expect(splitTrail(bytes(""))).toEqual([]);
    expect(splitTrail(bytes("a\n\nb\n"))).toEqual(["a", "", "b"]);
  });

  test("count as changed where they are no UTF-8, though a lenient decoder shows the written letter", () => {
    const [written = "", ...rest] = trailLines(3, "odd \ufffd name");
    const lenient = (content: Uint8Array) => new TextDecoder().decode(content);
    const whole = bytes([written, ...rest, ""].join("\n"));
    const at = whole.indexOf(0xef);
    // One byte in place of the three of U+FFFD.
    const broken = Uint8Array.from([...whole.subarray(0, at), 0xff, ...whole.subarray(at + 3)]);
    expect(lenient(broken)).toBe(lenient(whole));
    expect(verifyTrail(splitTrail(whole))).toMatchObject({ ok: true });
    expect(verifyTrail(splitTrail(broken))).toMatchObject({ ok: false, line: 1, what: "changed" });
  });

  test("count as changed behind a byte order mark", () => {
    const marked = bytes(`\ufeff${LINES.join("\n")}\n`);
    expect(verifyTrail(splitTrail(marked))).toMatchObject({ ok: false, line: 1, what: "changed" });
  });
});
