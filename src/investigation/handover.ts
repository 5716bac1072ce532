import { describeTrail } from "../audit/end.ts";
import type { AuditEnd } from "../audit/trail.ts";

/** What one half hands to its workflow when it is over. */
export interface Handover {
  /** What the log says at its end, in lines. */
  lines: string[];
  /** The action's outputs, but for those that name a file. */
  outputs: Record<string, string>;
  /** Files that are written into one folder; `output` names the file's path. */
  files: HandoverFile[];
  /** Markdown. */
  summary: string;
  /** Why the step fails; empty where it does not. */
  failures: string[];
}

export interface HandoverFile {
  output: string;
  name: string;
  content: Uint8Array;
}

export function textFile(output: string, name: string, text: string): HandoverFile {
  return { output, name, content: new TextEncoder().encode(text) };
}

export function jsonFile(output: string, name: string, value: unknown): HandoverFile {
  return textFile(output, name, `${JSON.stringify(value, null, 2)}\n`);
}

/** The same with the run's audit trail: its file, a line in the log and in the summary, and why the step fails where it had to be whole. */
export function withTrail(handover: Handover, trail: AuditEnd | null): Handover {
  if (!trail) return handover;
  const told = describeTrail(trail);
  return {
    ...handover,
    lines: [...handover.lines, told],
    outputs: { ...handover.outputs, "audit-file": trail.file },
    summary: `${handover.summary}\n\n${told}`,
    failures: [...handover.failures, ...(trail.problem ? [trail.problem] : [])],
  };
}
