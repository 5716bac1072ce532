import { asFailure, FAILURES } from "../../failure.ts";
import type { FailureCode } from "../../task.ts";

/** What one check found. `unknown`: the token may not ask. */
export interface Finding {
  check: string;
  /** A repository, or what else was looked at. */
  subject: string;
  level: "ok" | "unknown" | "warning" | "problem";
  detail: string;
  /** What a person can do; `null` where there is nothing to do. */
  remedy: string | null;
}

export type Verdict = Pick<Finding, "level" | "detail" | "remedy">;

export function ok(detail: string): Verdict {
  return { level: "ok", detail, remedy: null };
}

export function unknown(detail: string, remedy: string): Verdict {
  return { level: "unknown", detail, remedy };
}

export function warning(detail: string, remedy: string): Verdict {
  return { level: "warning", detail, remedy };
}

export function problem(detail: string, remedy: string): Verdict {
  return { level: "problem", detail, remedy };
}

/** Where the table of failures speaks of the issue of a task, which there is none of here. */
const REMEDIES: Partial<Record<FailureCode, string>> = {
  "rate-limited": "Wait until the time given, then check again; a GitHub App has a limit of its own.",
  "github-unavailable": "See <https://www.githubstatus.com>, then check again.",
};

/** Makes one check; a check that cannot be made is a problem by itself. */
export async function examine(
  check: string,
  subject: string,
  look: () => Promise<Verdict> | Verdict,
): Promise<Finding> {
  try {
    return { check, subject, ...(await look()) };
  } catch (thrown) {
    const { code, detail } = asFailure(thrown);
    return { check, subject, ...problem(detail, REMEDIES[code] ?? FAILURES[code].remedy) };
  }
}
