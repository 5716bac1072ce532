import type { Audit, AuditEntry } from "../../src/ports.ts";

export interface FakeAudit extends Audit {
  entries: AuditEntry[];
  /** Each entry as `step: status`, in their order. */
  steps(): string[];
  /** What `ensureDelivered` throws from now on. */
  refuseWith(failure: Error): void;
}

/** Keeps what it is told, and delivers it nowhere. */
export function createFakeAudit(): FakeAudit {
  const entries: AuditEntry[] = [];
  let failure: Error | null = null;
  return {
    entries,
    steps: () => entries.map(({ metadata, status }) => `${metadata.step}: ${status}`),
    refuseWith(refusal) {
      failure = refusal;
    },
    record: (entry) => void entries.push(entry),
    async ensureDelivered() {
      if (failure) throw failure;
    },
  };
}
