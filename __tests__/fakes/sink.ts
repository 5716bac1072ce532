import type { Sink, SinkAnswer } from "../../src/audit/delivery.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import type { Clock } from "../../src/ports.ts";

/** What the sink does with one call; those that are not refused store the event. */
export type Behaviour =
  | { kind: "store"; after?: number }
  | { kind: "refuse"; status: number }
  | { kind: "lose"; stored: boolean }
  | { kind: "hang" };

export interface FakeSink extends Sink {
  /** Ids of the events that it has. */
  stored: Set<string>;
  /** All events that came, in their order. */
  calls: AuditEvent[];
  /** Most calls that were under way at once. */
  mostAtOnce: number;
}

/** A sink as the real one: 201 for a new event, 500 for one that it has. `behave` says what happens to each call, from 1. */
export function createFakeSink(
  clock: Pick<Clock, "pause">,
  behave: (call: number) => Behaviour = () => ({ kind: "store" }),
): FakeSink {
  const stored = new Set<string>();
  let atOnce = 0;
  const store = ({ event_id: id }: AuditEvent): number => {
    if (stored.has(id)) return 500;
    stored.add(id);
    return 201;
  };
  const answer = async (event: AuditEvent, signal: AbortSignal): Promise<SinkAnswer> => {
    const behaviour = behave(sink.calls.push(event));
    switch (behaviour.kind) {
      case "refuse":
        return { kind: "answered", status: behaviour.status };
      case "lose":
        if (behaviour.stored) store(event);
        return { kind: "lost" };
      case "hang":
        await clock.pause(3_600_000, signal);
        return { kind: "lost" };
      case "store": {
        await clock.pause(behaviour.after ?? 1, signal);
        // Whoever hangs up does not learn that it was stored.
        const status = store(event);
        return signal.aborted ? { kind: "lost" } : { kind: "answered", status };
      }
    }
  };
  const sink: FakeSink = {
    stored,
    calls: [],
    mostAtOnce: 0,
    async send(event, signal) {
      atOnce += 1;
      sink.mostAtOnce = Math.max(sink.mostAtOnce, atOnce);
      try {
        return await answer(JSON.parse(event), signal);
      } finally {
        atOnce -= 1;
      }
    },
  };
  return sink;
}
