import { describe, expect, jest, test } from "@jest/globals";
import { withSteps } from "../builders/steps.ts";

// Floods, on a machine that may be busy.
jest.setTimeout(60_000);

const MIB = 1024 * 1024;

describe("a step's output", () => {
  test("is logged line by line, both streams, and without a newline at its end", () =>
    withSteps(async ({ run, lines }) => {
      const { outputTail } = await run(
        "printf 'one\\r\\ntwo\\rthree\\n\\nlast'; sleep 0.1; printf 'error' >&2",
      );
      expect(lines.sort()).toEqual(["", "error", "last", "one", "three", "two"]);
      expect(outputTail.split("\n").sort()).toEqual(["", "error", "last", "one", "three", "two"]);
    }));

  test("keeps a character whole that comes in two writes", () =>
    withSteps(async ({ run, lines }) => {
      await run("printf '\\xf0\\x9f'; sleep 0.1; printf '\\x98\\x80\\n\\xff\\n'");
      expect(lines).toEqual(["😀", "\ufffd"]);
    }));

  test("is redacted before it is logged and kept, keys of several lines too", () =>
    withSteps(async ({ run, lines }) => {
      const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
      const { outputTail } = await run(`echo "pass=hunter2"; echo '${key}'; echo after`);
      expect(lines).toEqual(["pass=***", "***", "***", "***", "after"]);
      expect(outputTail).toBe(lines.join("\n"));
    }));

  test("leaves its last 4 KiB, whole characters, without terminal sequences", () =>
    withSteps(async ({ run }) => {
      const { outputTail } = await run(
        "for i in $(seq 2000); do printf '\\033[31m\\u00e9 line %d\\033[0m\\n' $i; done",
      );
      expect(Buffer.byteLength(outputTail)).toBeLessThanOrEqual(4096);
      expect(Buffer.byteLength(outputTail)).toBeGreaterThan(4000);
      expect(outputTail).not.toContain("\ufffd");
      expect(outputTail).not.toContain("\u001b");
      expect(outputTail).toMatch(/é line 1999\né line 2000$/);
    }));

  test("is logged up to a limit, with one note, and its end is kept still", () =>
    withSteps(async ({ run, lines, messages }) => {
      const script =
        "yes 'a line of the flood' | head -c 200M || true; echo; echo 'the last word' >&2; sleep 0.2; echo 'the very last'";
      const { end, outputTail } = await run(script);
      expect(end).toEqual({ kind: "exit", code: 0 });
      expect(messages).toEqual([
        expect.stringContaining("Isolation `none`: for trusted agents only"),
        "The step's output is too long: the rest of it is not shown here.",
      ]);
      expect(lines.join("\n").length).toBeLessThan(10 * MIB);
      expect(outputTail).toContain("\na line of the flood\n");
      expect(outputTail).toMatch(/\nthe last word\nthe very last$/);
    }));

  test("may be one line of 200 MB without growing our memory", () =>
    withSteps(async ({ run, lines }) => {
      const before = process.memoryUsage().rss;
      const { outputTail } = await run("head -c 200M /dev/zero | tr '\\0' x; echo; echo end");
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * MIB);
      expect(lines).toEqual([`${"x".repeat(8192)} [… cut, the line has 209715200 bytes]`, "end"]);
      expect(outputTail).toMatch(/has 209715200 bytes\]\nend$/);
    }));

  test("does not hold the step up where a program that outlives the shell keeps the pipe", () =>
    withSteps(async ({ run, lines }) => {
      const { end } = await run("sleep 600 & echo started");
      expect(end).toEqual({ kind: "exit", code: 0 });
      expect(lines).toEqual(["started"]);
    }));
});
