import { describe, expect, test } from "@jest/globals";
import { hashOf } from "../../../src/audit/chain.ts";
import { verifyTrail } from "../../../src/audit/verify.ts";
import { trailLines } from "../../builders/audit.ts";

const LINES = trailLines(6);
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
