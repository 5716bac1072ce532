import { createHash } from "node:crypto";
import type { Artifacts, Audit, AuditEntry, Callback, Clock, Ports, Steps } from "../ports.ts";
import { auditingGit } from "./auditing-git.ts";
import { auditingGitHub } from "./auditing-github.ts";
import { faultOf } from "./entries.ts";

/** Does a piece of work and takes down how it ended, and after which time. `told`: what of its answer belongs to that. */
export type Recorded = <T>(
  entry: Pick<AuditEntry, "actionType" | "resource" | "metadata"> & Partial<Pick<AuditEntry, "actor">>,
  work: () => Promise<T>,
  told?: (answer: T) => Partial<Pick<AuditEntry, "status">> & { metadata?: Record<string, unknown> },
) => Promise<T>;

type Wrapped = Pick<
  Ports,
  "dispatch" | "target" | "git" | "claims" | "steps" | "artifacts" | "callback" | "audit" | "clock"
>;

/** The same ports, whose writes and steps stand in the audit trail. What is only read does not. */
export function auditing<P extends Wrapped>(ports: P): P {
  const { audit, dispatch, target, callback } = ports;
  const recorded = createRecorded(audit, ports.clock);
  const audited = auditingGitHub(dispatch, recorded);
  return {
    ...ports,
    dispatch: audited,
    target: target === dispatch ? audited : auditingGitHub(target, recorded),
    git: auditingGit(ports.git, audit, recorded),
    claims: auditingGit(ports.claims, audit, recorded),
    steps: auditingSteps(ports.steps, audit, recorded),
    artifacts: auditingArtifacts(ports.artifacts, recorded),
    ...(callback ? { callback: auditingCallback(callback, recorded) } : {}),
  };
}

function createRecorded(audit: Audit, clock: Pick<Clock, "now">): Recorded {
  return async ({ actor = "system", metadata, ...entry }, work, told = () => ({})) => {
    const began = clock.now().getTime();
    const end = (status: AuditEntry["status"], more: Record<string, unknown>) => {
      const latencyMs = clock.now().getTime() - began;
      audit.record({ ...entry, actor, status, latencyMs, metadata: { ...metadata, ...more } });
    };
    try {
      const answer = await work();
      const { status = "success", metadata: more = {} } = told(answer);
      end(status, more);
      return answer;
    } catch (thrown) {
      end("error", { failure: faultOf(thrown) });
      throw thrown;
    }
  };
}

function auditingSteps(steps: Steps, audit: Audit, recorded: Recorded): Steps {
  return {
    run(step) {
      // The script may be long, and is the workflow's own: its hash tells which one it was.
      const script = createHash("sha256").update(step.script).digest("hex");
      const entry = {
        actor: "agent",
        actionType: "tool_call",
        resource: `command sha256:${script}`,
      } as const;
      const metadata = { step: "command" };
      audit.record({
        ...entry,
        status: "pending",
        latencyMs: null,
        metadata: { ...metadata, phase: "start" },
      });
      return recorded(
        { ...entry, metadata: { ...metadata, phase: "end" } },
        () => steps.run(step),
        ({ end }) => ({
          status: end.kind === "exit" && end.code === 0 ? "success" : "error",
          metadata: { end },
        }),
      );
    },
  };
}

function auditingArtifacts(artifacts: Artifacts, recorded: Recorded): Artifacts {
  return {
    ...artifacts,
    write: (path, content) =>
      recorded(
        {
          actionType: "file_write",
          resource: path,
          metadata: { step: "write-file", bytes: content.byteLength },
        },
        () => artifacts.write(path, content),
      ),
  };
}

function auditingCallback(callback: Callback, recorded: Recorded): Callback {
  return {
    deliver: (delivery) =>
      recorded(
        {
          actionType: "http_request",
          resource: "callback-url",
          metadata: { step: "callback", delivery: delivery.id },
        },
        () => callback.deliver(delivery),
      ),
  };
}
