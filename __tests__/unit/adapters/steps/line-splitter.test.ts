import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LineSplitter } from "../../../../src/adapters/steps/line-splitter.ts";

function split(chunks: (string | Uint8Array)[], redact = (line: string) => line): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(redact, (line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe("LineSplitter", () => {
  test("ends lines at \\n, \\r\\n and a lone \\r, and keeps empty ones", () => {
    expect(split(["a\nb\r\nc\rd\n\n\r\r\ne"])).toEqual(["a", "b", "c", "d", "", "", "", "e"]);
  });

  test("gives the last line without its end, and no line for nothing", () => {
    expect(split(["a\nb"])).toEqual(["a", "b"]);
    expect(split(["a\n"])).toEqual(["a"]);
    expect(split([])).toEqual([]);
  });

  test("gives the same lines however the bytes are cut into chunks", () => {
    const text = fc.array(fc.constantFrom("a", "é", "😀", "\r", "\n", "\r\n"), { maxLength: 30 });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), (parts, sizes) => {
        const bytes = Buffer.from(parts.join(""));
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes[chunks.length % sizes.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(split(chunks)).toEqual(split([bytes]));
        const expected = bytes.toString().split(/\r\n|\r|\n/);
        if (expected.at(-1) === "") expected.pop();
        expect(split(chunks)).toEqual(expected);
      }),
    );
  });

  test("cuts a line after 8 KiB and says how long it was", () => {
    const [line, next] = split(["x".repeat(9_000), "\nnext"]);
    expect(line).toBe(`${"x".repeat(8_192)} [… cut, the line has 9000 bytes]`);
    expect(next).toBe("next");
    expect(split(["x".repeat(8_192)])).toEqual(["x".repeat(8_192)]);
  });

  test("shows no part of a secret on which a long line was cut", () => {
    const secret = "s3cr3t".repeat(20);
    const redact = (line: string) => line.replaceAll(secret, "***");
    for (let before = 8_192 - 130; before < 8_192 + 10; before += 10) {
      const [line = ""] = split([`${"x".repeat(before)}${secret}${"y".repeat(50_000)}`], redact);
      expect(line).not.toContain("s3cr3t");
    }
    const [line = ""] = split([`${"x".repeat(16_384 - 60)}${secret}${"y".repeat(50_000)}`], redact);
    expect(line).not.toContain("s3cr3t");
  });

  test("forgets the line whose bytes were lost", () => {
    const lines: string[] = [];
    const splitter = new LineSplitter(
      (line) => line,
      (line) => lines.push(line),
    );
    splitter.push(Buffer.from("first\nbegin"));
    splitter.skipLine();
    splitter.push(Buffer.from("rest of another\nlast"));
    splitter.end();
    expect(lines).toEqual(["first", "last"]);
  });
});
