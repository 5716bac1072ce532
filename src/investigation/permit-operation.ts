import { z } from "zod";
import { authoriseSender, type Decision } from "../authorise.ts";
import type { Settings } from "../inputs.ts";
import { permitAnything, permitSender, refuseLessIsolation } from "../policy/permit.ts";
import { type Policy, readPolicy } from "../policy/policy.ts";
import { tighten } from "../policy/tighten.ts";
import type { Ports } from "../ports.ts";
import type { RepositoryName } from "../task.ts";
import { actorShape, readPayload } from "../triggers/payload.ts";

/** The event that asks for an operation. */
export interface OperationEvent {
  eventName: string;
  payload: unknown;
  /** Whose workflow runs. */
  repository: RepositoryName;
}

/** An operation that may run, within which limits; or why it may not. */
export type Permitted = { kind: "permitted"; settings: Settings } | { kind: "denied"; reason: string };

/**
 * May this event start an operation? Its sender needs what the sender of a task needs; a schedule is the repository's own wish.
 * Throws `invalid-event`, `invalid-policy`, `isolation-unavailable`.
 */
export async function permitOperation(
  ports: Pick<Ports, "dispatch" | "audit">,
  settings: Settings,
  event: OperationEvent,
): Promise<Permitted> {
  const policy = await readPolicy(ports, settings, event.repository);
  const { decision, sender } = await decide(ports, policy, settings, event);
  const reason = decision.allowed ? null : decision.reason;
  ports.audit.record({
    actor: sender === null ? "system" : "human",
    actionType: "policy_check",
    resource: event.repository,
    status: decision.allowed ? "success" : "denied",
    latencyMs: null,
    metadata: { step: "authorise", event: event.eventName, sender, reason },
  });
  if (!decision.allowed) return { kind: "denied", reason: decision.reason };
  refuseLessIsolation(policy, settings);
  return { kind: "permitted", settings: tighten(settings, policy) };
}

async function decide(
  ports: Pick<Ports, "dispatch">,
  policy: Policy,
  settings: Settings,
  { eventName, payload, repository }: OperationEvent,
): Promise<{ decision: Decision; sender: string | null }> {
  if (eventName === "schedule") return { decision: permitAnything(policy, settings), sender: null };
  const { sender } = readPayload(eventName, z.object({ sender: actorShape }), payload);
  const byInputs = await authoriseSender(ports, { repository, sender }, settings);
  const decision = byInputs.allowed ? permitSender(policy, sender, settings) : byInputs;
  return { decision, sender: sender.login };
}
