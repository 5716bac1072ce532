/** What the service may do besides what a single run may; `adapters/service/` implements these. */
import type { Issue, RepositoryName } from "../task.ts";

/** The open issues of a dispatch repository, watched at no cost while nothing changes. */
export interface IssueFeed {
  /** Open issues with the label, pull requests left out, oldest first; `null` where nothing changed since the last call. */
  readChanges(repository: RepositoryName, label: string): Promise<Issue[] | null>;
}

/** What GitHub said last of the primary rate limit of one token. */
export interface RateLimit {
  limit: number;
  remaining: number;
  /** Milliseconds since 1970. */
  resetAt: number;
}

/** The machine that the service runs on. */
export interface Machine {
  /** MiB that new processes can have, within the container's limit. */
  availableMemory(): number;
}

/** What this process has used since its start. */
export interface ProcessUse {
  /** Milliseconds since 1970. */
  startedAt: number;
  residentBytes: number;
  /** Of all processors, in the program and in the system on its behalf. */
  cpuSeconds: number;
}
