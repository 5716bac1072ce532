import { describe, expect, test } from "@jest/globals";
import { createDelivery } from "../../../src/audit/delivery.ts";
import { type Behaviour, createFakeSink } from "../../fakes/sink.ts";
import { createVirtualClock } from "../../fakes/virtual-clock.ts";

/** Delivers so many events to a sink that behaves so, in two settlings where the first leaves something. */
function aDelivery(events: number, behave?: (call: number) => Behaviour) {
  const clock = createVirtualClock();
  const sink = createFakeSink(clock, behave);
  const delivery = createDelivery(sink, clock);
  for (let index = 0; index < events; index += 1) {
    delivery.add({ index, event: JSON.stringify({ event_id: `event-${index}` }) });
  }
  return { clock, sink, delivery, settle: (ms: number) => clock.until(delivery.settle(ms)) };
}

const script =
  (...behaviours: Behaviour[]) =>
  (call: number): Behaviour =>
    behaviours[call - 1] ?? { kind: "store" };

const DOWN: Behaviour = { kind: "refuse", status: 503 };

describe("the delivery of audit events", () => {
  test("sends each event once, four at a time", async () => {
    const { sink, delivery, settle } = aDelivery(20);
    expect(await settle(15_000)).toBe(0);
    expect([sink.calls.length, sink.stored.size, sink.mostAtOnce]).toEqual([20, 20, 4]);
    expect(delivery.open()).toEqual([]);
  });

  test("tries again after 1, 2 and 4 seconds", async () => {
    const { sink, clock, settle } = aDelivery(1, script(DOWN, DOWN, DOWN));
    expect(await settle(15_000)).toBe(0);
    expect([sink.calls.length, clock.elapsed()]).toEqual([4, 7001]);
  });

  test.each([429, 500, 502, 503, 504])("tries again after a %i", async (status) => {
    const { sink, settle } = aDelivery(1, script({ kind: "refuse", status }));
    expect(await settle(15_000)).toBe(0);
    expect(sink.calls).toHaveLength(2);
  });

  test.each([
    400, 401, 403, 413, 422,
  ])("does not repeat what a %i refuses, but when all is over", async (status) => {
    const { sink, delivery, clock, settle } = aDelivery(1, () => ({ kind: "refuse", status }));
    expect(await settle(15_000)).toBe(1);
    expect([sink.calls.length, clock.elapsed()]).toEqual([2, 0]);
    expect(delivery.open()).toEqual([{ index: 0, mayBeStored: false }]);
  });

  test("hangs up after five seconds", async () => {
    const { clock, settle } = aDelivery(1, script({ kind: "hang" }));
    expect(await settle(15_000)).toBe(0);
    expect(clock.elapsed()).toBe(5000 + 1000 + 1);
  });

  test("takes a 409 for stored", async () => {
    const { sink, settle } = aDelivery(1, () => ({ kind: "refuse", status: 409 }));
    expect(await settle(15_000)).toBe(0);
    expect(sink.calls).toHaveLength(1);
  });

  test("takes a 500 for stored where an answer was lost before, and it comes twice", async () => {
    const { sink, settle } = aDelivery(1, script({ kind: "lose", stored: true }));
    expect(await settle(15_000)).toBe(0);
    expect([sink.calls.length, sink.stored.size]).toEqual([3, 1]);
  });

  test("does not take a 500 for stored where every answer came", async () => {
    const { delivery, settle } = aDelivery(1, () => ({ kind: "refuse", status: 500 }));
    expect(await settle(15_000)).toBe(1);
    expect(delivery.open()).toEqual([{ index: 0, mayBeStored: false }]);
  });

  test("sends what was lost before it was stored once more, though the sink is out of order in between", async () => {
    const { sink, settle } = aDelivery(
      1,
      script({ kind: "lose", stored: false }, { kind: "refuse", status: 500 }),
    );
    expect(await settle(15_000)).toBe(0);
    expect(sink.stored.size).toBe(1);
  });

  test("waits no longer than it was told, whatever is under way", async () => {
    const { clock, delivery, settle } = aDelivery(50, () => ({ kind: "hang" }));
    expect(await settle(15_000)).toBe(50);
    expect(clock.elapsed()).toBe(15_000);
    expect(delivery.open().filter(({ mayBeStored }) => mayBeStored).length).toBeGreaterThanOrEqual(4);
    expect(delivery.open()).toHaveLength(50);
  });

  test("tells of what is open whether the sink may have it", async () => {
    const lost = aDelivery(1, () => ({ kind: "lose", stored: true }));
    await lost.settle(500);
    expect(lost.delivery.open()).toEqual([{ index: 0, mayBeStored: true }]);
    const waiting = aDelivery(5, () => ({ kind: "hang" }));
    await waiting.settle(500);
    expect(waiting.delivery.open().map(({ mayBeStored }) => mayBeStored)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test("sends nothing more when it was stopped", async () => {
    const { clock, sink, delivery, settle } = aDelivery(10, () => DOWN);
    await settle(500);
    delivery.stop();
    const before = sink.calls.length;
    await clock.until(clock.pause(60_000));
    expect([sink.calls.length, delivery.open().length]).toEqual([before, 10]);
  });

  test("believes a 500 at once for events that an earlier process may have sent", async () => {
    const clock = createVirtualClock();
    const sink = createFakeSink(clock, () => ({ kind: "refuse", status: 500 }));
    const delivery = createDelivery(sink, clock);
    delivery.addAgain({ index: 3, event: '{"event_id":"a"}' });
    expect(await clock.until(delivery.settle(60_000))).toBe(0);
    expect(sink.calls).toHaveLength(1);
  });
});
