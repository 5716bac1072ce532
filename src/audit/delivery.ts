import type { Clock } from "../ports.ts";
import { createTurns } from "./turns.ts";

/** The service that events are sent to. */
export interface Sink {
  /** Posts one event (JSON); never throws. Ends early where the signal is aborted. */
  send(event: string, signal: AbortSignal): Promise<SinkAnswer>;
}

/** `lost`: no answer came, so that the event may be stored or not. */
export type SinkAnswer = { kind: "answered"; status: number } | { kind: "lost" };

/** Sends events in the background; what is not taken stays open. */
export interface Delivery {
  add(parcel: Pick<Parcel, "index" | "event">): void;
  /** The same for an event that an earlier process may have sent: a 500 says that the sink has it. */
  addAgain(parcel: Pick<Parcel, "index" | "event">): void;
  /** Tries everything open again, waits for it at most so long or until the signal, and gives how much of it is open still. */
  settle(milliseconds: number, hurry?: AbortSignal): Promise<number>;
  /** What is open now. */
  open(): Undelivered[];
  /** Sends nothing more; what is on its way stays open. */
  stop(): void;
}

/** An event that the sink has not taken, as far as anybody knows. */
export interface Undelivered {
  /** From 0. */
  index: number;
  /** An answer to it was lost, or is still to come. */
  mayBeStored: boolean;
}

interface Parcel {
  index: number;
  event: string;
  /** An answer to it was lost. */
  mayBeStored: boolean;
  /** It may be stored, and the sink answered 500: it has it, or is out of order. */
  isDoubted: boolean;
  /** Its tries that are under way. */
  round: Promise<void> | null;
  /** One of them waits for its answer. */
  isOnItsWay: boolean;
}

const AT_ONCE = 4;
const CALL_MS = 5000;
/** Before each try of a round. */
const PAUSES_MS = [0, 1000, 2000, 4000];
const ROUNDS = 2;
const NEVER = new AbortController().signal;

export function createDelivery(sink: Sink, clock: Pick<Clock, "pause" | "later">): Delivery {
  const open = new Set<Parcel>();
  const turns = createTurns(AT_ONCE);
  const stopping = new AbortController();

  const send = async (parcel: Parcel): Promise<SinkAnswer> => {
    const late = new AbortController();
    const timer = clock.later(CALL_MS, () => late.abort());
    parcel.isOnItsWay = true;
    try {
      return await sink.send(parcel.event, AbortSignal.any([late.signal, stopping.signal]));
    } finally {
      parcel.isOnItsWay = false;
      timer.callOff();
    }
  };
  const tryRound = async (parcel: Parcel) => {
    for (const pause of PAUSES_MS) {
      if (pause > 0) await clock.pause(pause, stopping.signal);
      if (stopping.signal.aborted) return;
      const next = judge(parcel, await send(parcel));
      if (next === "stored") open.delete(parcel);
      if (next !== "again") return;
    }
  };
  const begin = (parcel: Parcel): Promise<void> => {
    parcel.round ??= turns
      .take(() => tryRound(parcel))
      .finally(() => {
        parcel.round = null;
      });
    return parcel.round;
  };
  const add = (parcel: Pick<Parcel, "index" | "event" | "mayBeStored" | "isDoubted">) => {
    const begun = { ...parcel, round: null, isOnItsWay: false };
    open.add(begun);
    void begin(begun);
  };

  return {
    add: (parcel) => add({ ...parcel, mayBeStored: false, isDoubted: false }),
    addAgain: (parcel) => add({ ...parcel, mayBeStored: true, isDoubted: true }),
    async settle(milliseconds, hurry = NEVER) {
      const before = [...open];
      const isOpen = (parcel: Parcel) => open.has(parcel);
      const tryAll = async () => {
        for (let round = 1; round <= ROUNDS; round += 1) await Promise.all(before.filter(isOpen).map(begin));
      };
      const over = new AbortController();
      await Promise.race([tryAll(), clock.pause(milliseconds, AbortSignal.any([over.signal, hurry]))]);
      over.abort();
      return before.filter(isOpen).length;
    },
    open: () =>
      [...open].map(({ index, mayBeStored, isOnItsWay }) => ({
        index,
        mayBeStored: mayBeStored || isOnItsWay,
      })),
    stop: () => stopping.abort(),
  };
}

/** What an answer means. The sink answers 500 to an event that it already has, and may do so when it is only out of order. */
function judge(parcel: Parcel, answer: SinkAnswer): "stored" | "again" | "later" {
  if (answer.kind === "lost") {
    parcel.mayBeStored = true;
    return "again";
  }
  const { status } = answer;
  if ((status >= 200 && status < 300) || status === 409) return "stored";
  if (status === 500 && parcel.mayBeStored) {
    // Twice, at different times, is not by accident.
    if (parcel.isDoubted) return "stored";
    parcel.isDoubted = true;
    return "later";
  }
  if (status === 502 || status === 504) parcel.mayBeStored = true;
  return status === 429 || status >= 500 ? "again" : "later";
}
