import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { createEvent } from "../../../src/audit/event.ts";
import { createRedactor } from "../../../src/redact.ts";
import { anEntry, trailLines } from "../../builders/audit.ts";

const SCHEMA = new URL("../../../docs/schemas/audit-event.schema.json", import.meta.url);
const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const fits = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")));

const IDENTITY = { instance: "gh-actions-42", traceId: "trace-1", gha: null };
const NOW = new Date("2026-01-02T03:04:05.678Z");
const create = (change: Parameters<typeof anEntry>[0] = {}, redact: (text: string) => string = String) =>
  createEvent(anEntry(change), IDENTITY, NOW, redact);

describe("an audit event", () => {
  test("is one of the published schema", () => {
    for (const line of trailLines(3)) expect([fits(JSON.parse(line)), fits.errors]).toEqual([true, null]);
  });

  test("has its time in UTC, and an id of its own", () => {
    expect(create().timestamp).toBe("2026-01-02T03:04:05.678Z");
    expect(create().event_id).not.toBe(create().event_id);
  });

  test.each([
    [-3, 0],
    [1.6, 2],
    [null, null],
  ])("that took %p milliseconds says %p", (latencyMs, expected) => {
    expect(create({ latencyMs }).latency_ms).toBe(expected);
  });

  test("is cut to what the schema takes, on whole code points", () => {
    const { resource } = create({ resource: `${"a".repeat(1023)}😀` });
    expect(resource).toBe("a".repeat(1023));
  });

  test("holds no secret of the run, at no depth", () => {
    const redactor = createRedactor();
    redactor.add("the-secret-of-this-run");
    const event = create(
      {
        resource: "https://x/?key=the-secret-of-this-run",
        metadata: { step: "call", deep: [{ note: "it is the-secret-of-this-run" }] },
      },
      redactor.redact,
    );
    expect(JSON.stringify(event)).not.toContain("the-secret-of-this-run");
    expect(event.metadata).toEqual({ step: "call", deep: [{ note: "it is ***" }] });
  });

  test("is a note, not a copy: long texts are cut, and far too much of them is left out", () => {
    const { metadata } = create({ metadata: { step: "call", note: "x".repeat(5000) } });
    expect(metadata.note).toBe("x".repeat(2000));
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`n${index}`, "x".repeat(2000)]),
    );
    expect(create({ metadata: { step: "call", ...many } }).metadata).toEqual({ step: "call", cut: true });
  });

  test("has half a character replaced, so that every reader reads the same", () => {
    expect(create({ resource: "a\ud800b" }).resource).toBe("a\ufffdb");
  });
});
