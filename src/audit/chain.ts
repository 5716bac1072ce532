import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical-json.ts";
import type { AuditEvent, ChainLink, UnlinkedEvent } from "./event.ts";

/** What the first event follows. */
export const GENESIS = "0".repeat(64);

/** Events in their order, each of which holds the hash of the one before. */
export interface Chain {
  readonly events: number;
  /** Hash of the last event. */
  readonly head: string;
  /** JSON Lines: one event a line, each with a line end. */
  readonly content: string;
  /** Puts the event at the end; gives it as JSON, and its index from 0. */
  add(event: UnlinkedEvent): { index: number; event: string };
}

export function createChain(): Chain {
  let events = 0;
  let head = GENESIS;
  let content = "";
  return {
    get events() {
      return events;
    },
    get head() {
      return head;
    },
    get content() {
      return content;
    },
    add(unlinked) {
      const index = events;
      const linked = linkEvent(unlinked, { index, prev: head });
      const event = JSON.stringify(linked);
      events += 1;
      head = linked.metadata.chain.hash;
      content += `${event}\n`;
      return { index, event };
    },
  };
}

function linkEvent(event: UnlinkedEvent, place: Pick<ChainLink, "index" | "prev">): AuditEvent {
  const hash = hashOf({ ...event, metadata: { ...event.metadata, chain: place } });
  const { step, ...metadata } = event.metadata;
  return { ...event, metadata: { step, ...metadata, chain: { ...place, hash } } };
}

/** The hash of an event whose chain link has none. */
export function hashOf(event: unknown): string {
  return createHash("sha256").update(canonicalJson(event)).digest("hex");
}
