import type { Audit, AuditEntry } from "../ports.ts";
import type { Progress, StageTime } from "../progress.ts";
import type { End } from "../task.ts";
import { outcomeEntry, statusOf } from "./entries.ts";

/** Takes down where each stage begins and how it ends. */
export interface StageRecorder {
  /** To be called when a stage was entered, which ended the one before. */
  entered(progress: Progress): void;
  /** To be called once, when the last stage has ended. */
  ended(progress: Progress, outcome: End): void;
}

/** `resource` is asked each time: what the run is about turns out on its way. */
export function createStageRecorder(audit: Pick<Audit, "record">, resource: () => string): StageRecorder {
  const record = (
    { stage, startedAt, endedAt }: StageTime,
    status: AuditEntry["status"],
    phase: "start" | "end",
  ) =>
    audit.record({
      ...{ actor: "system", actionType: "tool_call", status },
      resource: resource(),
      latencyMs: phase === "end" && endedAt ? endedAt.getTime() - startedAt.getTime() : null,
      metadata: { step: stage, phase },
    });
  return {
    entered({ stages }) {
      const [before, now] = [stages.at(-2), stages.at(-1)];
      if (before) record(before, "success", "end");
      if (now) record(now, "pending", "start");
    },
    ended({ stages }, outcome) {
      const last = stages.at(-1);
      if (last) record(last, statusOf(outcome), "end");
      audit.record(outcomeEntry(outcome, resource()));
    },
  };
}
