import { createTrail, type Trail, type TrailFile, type TrailOptions } from "../../src/audit/trail.ts";
import type { AuditEntry } from "../../src/ports.ts";
import { createFakeLog, type FakeLog } from "../fakes/log.ts";
import { createVirtualClock } from "../fakes/virtual-clock.ts";

/** A label that was set, unless the test says otherwise. */
export function anEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    actor: "system",
    actionType: "api_call",
    resource: "your-org/dispatch#7 labels",
    status: "success",
    latencyMs: 12,
    metadata: { step: "add-labels" },
    ...change,
  };
}

/** A trail file in memory; `content` is what anybody can write to. */
export interface MemoryFile extends TrailFile {
  content: string;
}

export function aFile(change: Partial<TrailFile> = {}): MemoryFile {
  const file: MemoryFile = {
    path: "/trail.jsonl",
    content: "",
    append(text) {
      file.content += text;
    },
    problem: (content) => (file.content === content ? null : "was changed by somebody else"),
    restore(content) {
      file.content = content;
      return "/trail.jsonl";
    },
    ...change,
  };
  return file;
}

/** A trail of the workflow run 42 that is only written down, in memory. */
export function aTrail(change: Partial<Omit<TrailOptions, "file">> & { file?: MemoryFile } = {}): {
  trail: Trail;
  file: MemoryFile;
  log: FakeLog;
} {
  const file = change.file ?? aFile();
  const log = createFakeLog();
  const trail = createTrail({
    identity: {
      instance: "gh-actions-42",
      traceId: "trace-1",
      gha: {
        ...{ run_id: "42", run_attempt: 1, workflow: "agent", job: "agent" },
        ...{ repository: "your-org/dispatch", sha: null, ref: "refs/heads/main" },
      },
    },
    sink: null,
    required: false,
    clock: createVirtualClock(),
    cancellation: new AbortController().signal,
    log,
    redact: String,
    ...change,
    file,
  });
  return { trail, file, log };
}

/** The lines of a trail with so many events, each done to something of that name. */
export function trailLines(count: number, name = "event"): string[] {
  const { trail, file } = aTrail();
  for (let number = 0; number < count; number += 1) trail.record(anEntry({ resource: `${name} ${number}` }));
  return file.content.trimEnd().split("\n");
}
