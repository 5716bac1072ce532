import type { Clock } from "./ports.ts";
import { STAGES, type Stage } from "./task.ts";

/** A stage of the checklist with its times, on this machine's clock. */
export interface StageTime {
  stage: Stage;
  startedAt: Date;
  /** `null` while it goes on. */
  endedAt: Date | null;
}

/** Where the run is. Entering a stage ends the one before. */
export interface Progress {
  readonly stages: readonly StageTime[];
  readonly current: Stage;
  enter(stage: Stage): void;
  /** Ends the last stage. */
  finish(): void;
}

export function createProgress(clock: Clock, onChange: (progress: Progress) => void): Progress {
  const stages: StageTime[] = [];
  const endLast = () => {
    const last = stages.at(-1);
    if (last) last.endedAt ??= clock.now();
  };
  const progress: Progress = {
    stages,
    get current() {
      return stages.at(-1)?.stage ?? STAGES[0];
    },
    enter(stage) {
      endLast();
      stages.push({ stage, startedAt: clock.now(), endedAt: null });
      onChange(progress);
    },
    finish: endLast,
  };
  return progress;
}
