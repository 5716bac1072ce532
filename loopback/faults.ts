import type { IncomingHttpHeaders } from "node:http";

/** One request as it came, and what became of it. */
export interface RequestRecord {
  kind: "api" | "git";
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  /** `authorization` holds the registered name of the token, never the token. */
  headers: IncomingHttpHeaders;
  /** Parsed JSON of an API request; `undefined` for none and for git. */
  body: unknown;
  /** `0` until answered, and for good where the connection was dropped. */
  status: number;
  /** Milliseconds since 1970 when it came. */
  at: number;
  /** The kind of fault that it met. */
  fault: Fault["kind"] | null;
}

/** What can go wrong with a request. `handled: true` lets it take its effect before the error is sent. */
export type Fault =
  | { kind: "drop-before" }
  | { kind: "drop-after" }
  | { kind: "status"; status: number; headers?: Record<string, string>; message?: string; handled?: boolean }
  | { kind: "secondary-limit"; retryAfter?: number; handled?: boolean }
  | { kind: "redirect"; location: string; status?: 301 | 302 | 307 | 308 }
  | { kind: "malformed" }
  | { kind: "truncated" }
  | { kind: "hang"; handled?: boolean }
  | { kind: "delay"; ms: number };

export interface FaultRule {
  match: (request: RequestRecord) => boolean;
  fault: Fault;
  /** How many matching requests meet it; default 1. */
  times?: number;
  /** How many matching requests pass before; default 0. */
  skip?: number;
}

/** The faults that still wait for their requests, first come, first met. */
export class Faults {
  private rules: Required<FaultRule>[] = [];

  add(rule: FaultRule): void {
    this.rules.push({ times: 1, skip: 0, ...rule });
  }

  clear(): void {
    this.rules = [];
  }

  /** How many faults have not happened yet; a test asserts that none is left over. */
  get pending(): number {
    return this.rules.reduce((sum, { times }) => sum + times, 0);
  }

  /** The fault that this request meets, used up by it. */
  take(request: RequestRecord): Fault | null {
    for (const rule of this.rules) {
      if (!rule.match(request)) continue;
      if (rule.skip > 0) {
        rule.skip -= 1;
        continue;
      }
      rule.times -= 1;
      this.rules = this.rules.filter(({ times }) => times > 0);
      return rule.fault;
    }
    return null;
  }
}
