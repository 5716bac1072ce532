import { describe, expect, test } from "@jest/globals";
import { createDelivery } from "../../../src/audit/delivery.ts";
import { HURRIED_MS, SETTLE_MS, type TrailState } from "../../../src/audit/trail.ts";
import { verifyTrail } from "../../../src/audit/verify.ts";
import { aFile, anEntry, aTrail } from "../../builders/audit.ts";
import { type Behaviour, createFakeSink } from "../../fakes/sink.ts";
import { createVirtualClock } from "../../fakes/virtual-clock.ts";

const DEAD: Behaviour = { kind: "refuse", status: 503 };

function linesOf(content: string): string[] {
  return content.trimEnd().split("\n");
}

/** A trail that must be delivered, to a sink that behaves so. */
function requiredTrail(behave?: (call: number) => Behaviour) {
  const clock = createVirtualClock();
  const sink = createFakeSink(clock, behave);
  return { clock, sink, ...aTrail({ clock, sink, required: true }) };
}

/** Drops, delays and refuses calls by turns, stores nothing while it is dead, and takes everything after that. */
function capricious(deadAfter: number): { behave: (call: number) => Behaviour; revive(): void } {
  let isRevived = false;
  return {
    revive() {
      isRevived = true;
    },
    behave(call) {
      if (isRevived) return { kind: "store" };
      if (call > deadAfter) return call % 2 ? DEAD : { kind: "lose", stored: false };
      const turns: Behaviour[] = [
        ...[{ kind: "store" } as const, { kind: "store", after: 1500 } as const],
        ...[{ kind: "lose", stored: true } as const, { kind: "store" } as const],
        ...[{ kind: "lose", stored: false } as const, { kind: "refuse", status: 429 } as const],
        ...[{ kind: "store", after: 7000 } as const, { kind: "refuse", status: 502 } as const],
      ];
      return turns[call % turns.length] ?? DEAD;
    },
  };
}

describe("1,000 events to a sink that drops, delays, refuses and dies half-way", () => {
  async function run() {
    const clock = createVirtualClock();
    const sinks = capricious(900);
    const sink = createFakeSink(clock, sinks.behave);
    const states: TrailState[] = [];
    const { trail, file } = aTrail({ clock, sink, saveState: (state) => states.push(state) });
    for (let number = 0; number < 1000; number += 1) {
      trail.record(anEntry({ resource: `event ${number}` }));
      if (number % 10 === 0) await clock.until(clock.pause(400));
    }
    const before = clock.elapsed();
    const end = await clock.until(trail.close());
    return { clock, sink, sinks, file, states, end, waited: clock.elapsed() - before };
  }

  test("are all in the file, whose chain verifies", async () => {
    const { file, end } = await run();
    expect(verifyTrail(linesOf(file.content), end.head)).toEqual({ ok: true, events: 1000, head: end.head });
  });

  test("delay the run by no more than the bound", async () => {
    const { end, waited } = await run();
    expect(end.undelivered).toBeGreaterThan(100);
    expect(waited).toBeLessThanOrEqual(SETTLE_MS);
  });

  test("are each at the sink, once, when a later process has sent the rest", async () => {
    const { clock, sink, sinks, file, states, end } = await run();
    const { undelivered } = states.at(-1) ?? {};
    expect(undelivered).toHaveLength(end.undelivered);
    sinks.revive();
    const lines = linesOf(file.content);
    const again = createDelivery(sink, clock);
    for (const { index, mayBeStored } of undelivered ?? []) {
      const parcel = { index, event: lines[index] ?? "" };
      if (mayBeStored) again.addAgain(parcel);
      else again.add(parcel);
    }
    expect(await clock.until(again.settle(60_000))).toBe(0);
    const ids = lines.map((line) => JSON.parse(line).event_id);
    expect(sink.stored).toEqual(new Set(ids));
    expect(sink.stored.size).toBe(1000);
  });
});

describe("a trail", () => {
  test("tells its end: where it is, how long, and its head", async () => {
    const { trail, file } = aTrail();
    trail.record(anEntry());
    trail.record(anEntry());
    const head = JSON.parse(linesOf(file.content)[1] ?? "").metadata.chain.hash;
    const told = { traceId: "trace-1", file: "/trail.jsonl", events: 2, head, undelivered: 0, problem: null };
    expect(await trail.close()).toEqual(told);
    expect(await trail.close()).toEqual(told);
  });

  test("takes nothing down after its end", async () => {
    const { trail, file } = aTrail();
    trail.record(anEntry());
    const { content } = file;
    await trail.close();
    trail.record(anEntry());
    expect(file.content).toBe(content);
  });

  test("that somebody else wrote to is put right, and says so in an event of its own", async () => {
    const { trail, file, log } = aTrail();
    trail.record(anEntry());
    const [first = ""] = linesOf(file.content);
    file.content = "{}\n";
    const end = await trail.close();
    const lines = linesOf(file.content);
    expect(verifyTrail(lines, end.head)).toMatchObject({ ok: true, events: 2 });
    expect(lines[0]).toBe(first);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({
      ...{ actor: "system", action_type: "file_write", status: "error" },
      metadata: { step: "audit-file", problem: "was changed by somebody else" },
    });
    expect(log.texts("warning")).toEqual(["The audit trail was changed by somebody else, which was undone."]);
  });

  test("that cannot be written does not stop the run, and is whole again where it can at the end", async () => {
    const full = () => {
      throw new Error("ENOSPC");
    };
    const file = aFile({ append: full });
    const { trail, log } = aTrail({ file });
    trail.record(anEntry());
    trail.record(anEntry());
    expect(log.texts("warning")).toEqual(["The audit trail could not be written: Error: ENOSPC"]);
    const { head } = await trail.close();
    expect(verifyTrail(linesOf(file.content), head)).toMatchObject({ ok: true, events: 2 });
  });

  test("that cannot be kept is a problem only where it is required", async () => {
    const full = () => {
      throw new Error("ENOSPC");
    };
    const change = () => ({ file: aFile({ append: full, restore: full }) });
    const [free, required] = [aTrail(change()), aTrail({ ...change(), required: true })];
    for (const { trail } of [free, required]) trail.record(anEntry());
    expect((await free.trail.close()).problem).toBeNull();
    expect((await required.trail.close()).problem).toBe(
      "The audit trail could not be written to `/trail.jsonl`.",
    );
  });
});

describe("the trail of a run that is cancelled", () => {
  test("waits for a dead sink for a second only", async () => {
    const clock = createVirtualClock();
    const { trail } = aTrail({
      clock,
      sink: createFakeSink(clock, () => DEAD),
      cancellation: AbortSignal.abort(),
    });
    trail.record(anEntry());
    expect(await clock.until(trail.close())).toMatchObject({ undelivered: 1 });
    expect(clock.elapsed()).toBe(HURRIED_MS);
  });

  test("waits no longer when it is cancelled at its end", async () => {
    const clock = createVirtualClock();
    const cancelling = new AbortController();
    const sink = createFakeSink(clock, () => ({ kind: "hang" }));
    const { trail } = aTrail({ clock, sink, cancellation: cancelling.signal });
    trail.record(anEntry());
    clock.later(3000, () => cancelling.abort());
    await clock.until(trail.close());
    expect(clock.elapsed()).toBe(3000 + HURRIED_MS);
  });
});

describe("a required trail", () => {
  test("lets the run go on when all so far is delivered", async () => {
    const { trail, clock, sink } = requiredTrail();
    trail.record(anEntry());
    await clock.until(trail.ensureDelivered());
    expect(sink.stored.size).toBe(1);
    expect((await clock.until(trail.close())).problem).toBeNull();
  });

  test("stops the run with `audit-failed` where the sink is dead, within the bound", async () => {
    const { trail, clock } = requiredTrail(() => DEAD);
    trail.record(anEntry());
    trail.record(anEntry());
    await expect(clock.until(trail.ensureDelivered())).rejects.toMatchObject({
      code: "audit-failed",
      detail: "2 of 2 audit events could not be delivered.",
    });
    expect(clock.elapsed()).toBeLessThanOrEqual(SETTLE_MS);
  });

  test("has a problem at its end where an event is left", async () => {
    const { trail, clock } = requiredTrail((call) => (call === 1 ? { kind: "store" } : DEAD));
    trail.record(anEntry());
    trail.record(anEntry());
    expect(await clock.until(trail.close())).toMatchObject({
      undelivered: 1,
      problem: "1 of 2 audit events could not be delivered.",
    });
  });

  test("that is not required never asks", async () => {
    const clock = createVirtualClock();
    const { trail } = aTrail({ clock, sink: createFakeSink(clock, () => DEAD) });
    trail.record(anEntry());
    await trail.ensureDelivered();
    expect(await clock.until(trail.close())).toMatchObject({ undelivered: 1, problem: null });
  });
});
