import { TaskFailure } from "../failure.ts";
import type { Audit, AuditEntry, Clock, Log } from "../ports.ts";
import { createChain } from "./chain.ts";
import { createDelivery, type Sink, type Undelivered } from "./delivery.ts";
import { createEvent, type TrailIdentity } from "./event.ts";

/** For how long a run waits for the sink: before it first writes to the target, and at its end. */
export const SETTLE_MS = 15_000;

/** The same for a run that is cancelled: its runner kills it after ten seconds. */
export const HURRIED_MS = 1000;

/** The trail as it is written down. A processing step of the same user can find the file. */
export interface TrailFile {
  /** Absolute. */
  path: string;
  /** Throws where it cannot be written. */
  append(text: string): void;
  /** What somebody else did to it, as the end of a sentence; `null` where it holds just that text. */
  problem(content: string): string | null;
  /** Makes it hold just that text, and gives where it then is. Throws where it cannot be written. */
  restore(content: string): string;
}

/** What another process must know to send what this one could not. */
export interface TrailState {
  file: string;
  traceId: string;
  events: number;
  head: string;
  /** `null` while the run goes on. */
  undelivered: Undelivered[] | null;
}

export interface TrailOptions {
  identity: TrailIdentity;
  file: TrailFile;
  /** `null`: the trail is only written down. */
  sink: Sink | null;
  required: boolean;
  clock: Clock;
  /** Aborted when the run is cancelled. */
  cancellation: AbortSignal;
  log: Pick<Log, "warning" | "debug">;
  redact(text: string): string;
  /** Told after each event and at the end. */
  saveState?: ((state: TrailState) => void) | undefined;
}

/** A run's own record of what it did. */
export interface Trail extends Audit {
  traceId: string;
  /** Absolute path of the file. */
  file: string;
  /** Sends the rest, within `SETTLE_MS`, and puts back what somebody else did to the file. Never throws; may be called twice. */
  close(): Promise<AuditEnd>;
}

/** How a trail ended. */
export interface AuditEnd {
  traceId: string;
  file: string;
  events: number;
  /** Hash of the last event: whoever knows it can tell that the file lacks none. */
  head: string;
  undelivered: number;
  /** Why a required trail is not whole (Markdown, a sentence); `null` where it is, or need not be. */
  problem: string | null;
}

export function createTrail(options: TrailOptions): Trail {
  const { identity, file, clock, cancellation, log, required } = options;
  const { traceId } = identity;
  const delivery = options.sink && createDelivery(options.sink, clock);
  const chain = createChain();
  let path = file.path;
  let isUnwritten = false;
  let end: Promise<AuditEnd> | null = null;

  const save = (undelivered: TrailState["undelivered"]) =>
    options.saveState?.({ file: path, traceId, events: chain.events, head: chain.head, undelivered });
  const write = (work: () => void) => {
    try {
      work();
    } catch (thrown) {
      if (!isUnwritten) log.warning(`The audit trail could not be written: ${String(thrown)}`);
      isUnwritten = true;
    }
  };
  const add = (entry: AuditEntry) =>
    write(() => {
      const added = chain.add(createEvent(entry, identity, clock.now(), options.redact));
      write(() => file.append(`${added.event}\n`));
      delivery?.add(added);
      save(null);
    });
  /** Asked again after the last event, whose line somebody could have had a hand in too. */
  const putRight = () => {
    if (file.problem(chain.content) === null) return;
    write(() => {
      path = file.restore(chain.content);
      isUnwritten = false;
    });
  };
  const problemOf = (undelivered: number): string | null => {
    if (!required) return null;
    if (isUnwritten) return `The audit trail could not be written to \`${path}\`.`;
    return undelivered > 0 ? `${undelivered} of ${chain.events} audit events could not be delivered.` : null;
  };
  const finish = async (): Promise<AuditEnd> => {
    const tampered = isUnwritten ? null : file.problem(chain.content);
    if (tampered !== null) {
      log.warning(`The audit trail ${tampered}, which was undone.`);
      add(tamperedEntry(path, tampered));
    }
    if (!cancellation.aborted) await delivery?.settle(SETTLE_MS, cancellation);
    if (cancellation.aborted) await delivery?.settle(HURRIED_MS);
    delivery?.stop();
    putRight();
    const open = delivery?.open() ?? [];
    write(() => save(open));
    const { events, head } = chain;
    return { traceId, file: path, events, head, undelivered: open.length, problem: problemOf(open.length) };
  };

  return {
    traceId,
    file: path,
    record(entry) {
      if (end) log.debug(`After the end of the audit trail: ${entry.metadata.step}`);
      else add(entry);
    },
    async ensureDelivered() {
      if (!required) return;
      const problem = problemOf((await delivery?.settle(SETTLE_MS, cancellation)) ?? 0);
      if (problem) throw new TaskFailure("audit-failed", problem);
    },
    close() {
      end ??= finish();
      return end;
    },
  };
}

function tamperedEntry(path: string, problem: string): AuditEntry {
  return {
    actor: "system",
    actionType: "file_write",
    resource: path,
    status: "error",
    latencyMs: null,
    metadata: { step: "audit-file", problem },
  };
}
