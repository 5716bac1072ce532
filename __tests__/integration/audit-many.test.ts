import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { resendTrail } from "../../src/adapters/audit/resend.ts";
import { createSink } from "../../src/adapters/audit/sink.ts";
import { createFirstFree } from "../../src/adapters/audit/trail-file.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import { createTrail, type TrailState } from "../../src/audit/trail.ts";
import { splitTrail, verifyTrail } from "../../src/audit/verify.ts";
import type { Clock } from "../../src/ports.ts";
import { anEntry } from "../builders/audit.ts";
import { startAuditSink, type Treatment } from "../builders/audit-sink.ts";
import { createFakeLog } from "../fakes/log.ts";

const EVENTS = 1000;
/** All waits are a tenth as long as in a real run: half a second a call, and pauses of 100, 200 and 400 ms. */
const QUICK: Clock = {
  now: systemClock.now,
  pause: (milliseconds, signal) => systemClock.pause(milliseconds / 10, signal),
  later: (milliseconds, work) => systemClock.later(milliseconds / 10, work),
};
/** Which call in forty is treated how. */
const BADLY: Record<number, Treatment> = {
  3: "store and drop",
  11: "drop",
  19: "out of order",
  27: "refuse",
  35: "store late",
};

/** A sink that treats some calls badly, and dies after so many. */
function startDyingSink(deathAfter: number) {
  const sink = startAuditSink((call) => {
    if (call === deathAfter) void sink.then(({ close }) => close());
    return BADLY[call % 40] ?? "store";
  });
  return sink;
}

test("a thousand events to a real sink that drops, delays, refuses and dies half-way are all in the file, and each once at the sink", async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-many-"));
  const log = createFakeLog();
  const states: TrailState[] = [];
  const dying = await startDyingSink(400);
  const url = new URL(dying.url);
  try {
    const trail = createTrail({
      identity: { instance: "gh-actions-42", traceId: "trace-1", gha: null },
      file: createFirstFree(join(folder, "trail")),
      sink: createSink(url, null),
      required: false,
      clock: QUICK,
      cancellation: new AbortController().signal,
      log,
      redact: String,
      saveState: (state) => states.push(state),
    });
    for (let number = 0; number < EVENTS; number += 1) {
      trail.record(anEntry({ resource: `event ${number}` }));
      if (number % 20 === 0) await pause(20);
    }
    const end = await trail.close();
    await dying.close();
    expect(end.undelivered).toBeGreaterThan(0);

    const lines = splitTrail(readFileSync(end.file));
    expect(verifyTrail(lines, end.head)).toMatchObject({ ok: true, events: EVENTS });

    const revived = await startAuditSink(() => "store", { port: Number(url.port), stored: dying.stored });
    const state = states.at(-1);
    if (state) await resendTrail({ auditUrl: url, auditToken: null }, state, { clock: systemClock, log });
    await revived.close();
    const ids = readFileSync(end.file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as AuditEvent).event_id);
    expect(ids).toHaveLength(EVENTS);
    expect(dying.stored).toEqual(new Set(ids));
    expect(new Set(ids).size).toBe(EVENTS);
  } finally {
    await dying.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
