import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { WorkflowContext } from "../../audit/event.ts";
import { traceIdIn } from "../../audit/trace-id.ts";
import { createTrail, type Trail, type TrailState } from "../../audit/trail.ts";
import type { Settings } from "../../inputs.ts";
import type { Log } from "../../ports.ts";
import type { Run } from "../../task.ts";
import { systemClock } from "../clock.ts";
import { createSink } from "./sink.ts";
import { createFirstFree, createNamedFile } from "./trail-file.ts";

export type AuditSettings = Pick<
  Settings,
  "traceId" | "auditFile" | "auditUrl" | "auditToken" | "auditRequired"
>;

export interface AuditedRun {
  run: Pick<Run, "id" | "attempt">;
  /** Where the trail is written unless `audit-file` says otherwise. */
  temporaryFolder: string;
  /** `null` outside of GitHub Actions. */
  gha: WorkflowContext | null;
  /** The event's: it may name the trace. */
  payload?: unknown;
}

export interface AuditOptions {
  log: Pick<Log, "warning" | "debug">;
  redact(text: string): string;
  /** Aborted when the run is cancelled. */
  cancellation: AbortSignal;
  /** Told after each event, for the post step. */
  saveState?: (state: TrailState) => void;
}

/** Begins a run's audit trail. Throws `invalid-input` where `audit-file` cannot be a new file. */
export function openAudit(
  settings: AuditSettings,
  { run, temporaryFolder, gha, payload }: AuditedRun,
  { log, redact, cancellation, saveState }: AuditOptions,
): Trail {
  const name = `agent-audit-${run.id}-${run.attempt}`;
  return createTrail({
    identity: {
      instance: gha ? `gh-actions-${run.id}` : `agent-runner-${run.id}`,
      traceId: settings.traceId ?? traceIdIn(payload) ?? randomUUID(),
      gha,
    },
    file: settings.auditFile
      ? createNamedFile(settings.auditFile)
      : createFirstFree(join(temporaryFolder, name)),
    sink: settings.auditUrl && createSink(settings.auditUrl, settings.auditToken),
    required: settings.auditRequired,
    clock: systemClock,
    ...{ log, redact, cancellation, saveState },
  });
}
