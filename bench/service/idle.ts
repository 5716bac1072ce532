import { setTimeout as pause } from "node:timers/promises";
import { type ServiceScene, TOKEN, withService } from "../../__tests__/builders/service.ts";
import { memoryOf, processorTimeOf } from "../measure.ts";
import { table } from "../table.ts";

/** Polls before anything is counted. */
const WARM_UP = 1000;
/** Far shorter than anybody would poll; while nothing happens it becomes four times as long. */
const INTERVAL_SECONDS = "0.003";

interface Idle {
  /** Answers that were 304, of all. */
  unchanged: number;
  polls: number;
  /** Calls that the rate limit counted. */
  counted: number;
  /** MB more at the end than after the warm-up. */
  growthMb: number;
  residentMb: number;
  processorMs: number;
}

/** Node as it is, and one that may keep less garbage: what grows in the first and not in the second is no leak. */
const HEAPS: [string, Record<string, string>][] = [
  ["Node's own heap", {}],
  ["`--max-semi-space-size=1`", { NODE_OPTIONS: "--max-semi-space-size=1" }],
];

/** Polls that find nothing new, one after the other, as Markdown. */
export async function measureIdle(polls: number): Promise<string> {
  const rows: string[][] = [];
  for (const [title, environment] of HEAPS) {
    const idle = await withService((scene) => measure(scene, polls, environment));
    rows.push([
      title,
      `${idle.unchanged} of ${idle.polls}`,
      String(idle.counted),
      `${idle.residentMb.toFixed(0)} MB`,
      `${idle.growthMb.toFixed(1)} MB`,
      `${(idle.processorMs / idle.polls).toFixed(2)} ms`,
    ]);
  }
  const head = ["", "Answered 304", "Counted against the limit", "Resident", "Growth", "CPU a poll"];
  return [`${polls} polls that find nothing new, after ${WARM_UP} others.`, table(head, rows)].join("\n\n");
}

async function measure(
  { github, start }: ServiceScene,
  polls: number,
  environment: Record<string, string>,
): Promise<Idle> {
  const service = start(["serve"], { POLL_INTERVAL_SECONDS: INTERVAL_SECONDS, ...environment });
  const pid = service.process.pid ?? 0;
  const read = () => ({
    answered: github.requests.length,
    counted: github.state.tokens.get(TOKEN)?.rate.used ?? Number.NaN,
    memory: memoryOf(pid, "VmRSS") ?? Number.NaN,
    processor: processorTimeOf(pid),
  });
  const reach = async (count: number) => {
    while (github.requests.length < count && service.process.exitCode === null) await pause(2);
    return read();
  };
  const before = await reach(WARM_UP);
  const after = await reach(WARM_UP + polls);
  const between = github.requests.slice(before.answered, after.answered);
  return {
    unchanged: between.filter(({ status }) => status === 304).length,
    polls: between.length,
    counted: after.counted - before.counted,
    growthMb: after.memory - before.memory,
    residentMb: after.memory,
    processorMs: after.processor - before.processor,
  };
}
