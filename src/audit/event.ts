import { randomUUID } from "node:crypto";
import { takeStart } from "../harmless.ts";
import type { AuditEntry } from "../ports.ts";

/** Characters of a resource that the schema takes. */
const LONGEST_RESOURCE = 1024;
/** Characters of one text in an event's metadata, and of all of it as JSON: an event is a note, not a copy. */
const LONGEST_TEXT = 2000;
const LONGEST_METADATA = 16 * 1024;

/** An event of the AIMgentix schema, as `docs/schemas/audit-event.schema.json` publishes it. */
export interface AuditEvent {
  /** UUID v4. */
  event_id: string;
  /** ISO 8601, UTC, ends in `Z`. */
  timestamp: string;
  agent_instance_id: string;
  trace_id: string;
  actor: AuditEntry["actor"];
  action_type: AuditEntry["actionType"];
  resource: string;
  status: AuditEntry["status"];
  latency_ms: number | null;
  metadata: EventMetadata & { chain: ChainLink };
}

export type EventMetadata = { step: string; gha?: WorkflowContext } & Record<string, unknown>;
export type UnlinkedEvent = Omit<AuditEvent, "metadata"> & { metadata: EventMetadata };

/** An event's place in its trail. */
export interface ChainLink {
  /** From 0. */
  index: number;
  /** The `hash` of the event before; 64 zeros for the first. */
  prev: string;
  /** SHA-256, in hex, over the canonical JSON of the event without this field. */
  hash: string;
}

/** Where in GitHub Actions it happened; `null` for what GitHub did not say. */
export interface WorkflowContext {
  run_id: string;
  run_attempt: number;
  workflow: string | null;
  job: string | null;
  repository: string;
  sha: string | null;
  ref: string | null;
}

/** What all events of one trail have in common. */
export interface TrailIdentity {
  /** At most 255 characters. */
  instance: string;
  traceId: string;
  /** `null` outside of GitHub Actions. */
  gha: WorkflowContext | null;
}

/** The event that an entry becomes: redacted, and cut to what the schema takes. */
export function createEvent(
  entry: AuditEntry,
  identity: TrailIdentity,
  now: Date,
  redact: (text: string) => string,
): UnlinkedEvent {
  const { latencyMs, metadata } = entry;
  return {
    event_id: randomUUID(),
    timestamp: now.toISOString(),
    agent_instance_id: identity.instance,
    trace_id: identity.traceId,
    actor: entry.actor,
    action_type: entry.actionType,
    resource: takeStart(redact(entry.resource).toWellFormed(), LONGEST_RESOURCE),
    status: entry.status,
    latency_ms: latencyMs === null ? null : Math.max(0, Math.round(latencyMs)),
    metadata: { ...bounded(metadata, redact), ...(identity.gha ? { gha: identity.gha } : {}) },
  };
}

function bounded(metadata: AuditEntry["metadata"], redact: (text: string) => string): AuditEntry["metadata"] {
  const text = (value: string) => takeStart(redact(value).toWellFormed(), LONGEST_TEXT);
  const json = JSON.stringify(metadata, (_key, value: unknown) =>
    typeof value === "string" ? text(value) : value,
  );
  return json.length <= LONGEST_METADATA ? JSON.parse(json) : { step: text(metadata.step), cut: true };
}
