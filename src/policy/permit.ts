import { authoriseTarget, type Decision } from "../authorise.ts";
import { TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import { ISOLATION_LEVELS } from "../isolation.ts";
import type { Ports } from "../ports.ts";
import { checkSignature } from "../signature.ts";
import type { Actor, Dispatch, Task } from "../task.ts";
import { checkDailyLimit } from "./daily-limit.ts";
import type { Policy } from "./policy.ts";
import { checkReplay } from "./replay.ts";

const ALLOWED: Decision = { allowed: true };

/** May anything run at all? */
export function permitAnything(policy: Policy, { disabled }: Pick<Settings, "disabled">): Decision {
  if (disabled !== null) return denied(`agent-runner is switched off${disabled ? `: ${disabled}` : ""}`);
  if (!policy.enabled)
    return denied(`the policy has switched agent-runner off${policy.reason ? `: ${policy.reason}` : ""}`);
  return ALLOWED;
}

/** The same for this sender. What the inputs allow (`authoriseSender`) is asked elsewhere. */
export function permitSender(policy: Policy, sender: Actor, settings: Pick<Settings, "disabled">): Decision {
  const anything = permitAnything(policy, settings);
  if (!anything.allowed) return anything;
  const isSender = (name: string) => name.toLowerCase() === sender.login.toLowerCase();
  if (policy["denied-actors"].some(isSender))
    return denied(`the policy lists \`${sender.login}\` under \`denied-actors\``);
  const key = sender.type === "Bot" || sender.login.endsWith("[bot]") ? "allowed-bots" : "allowed-actors";
  const listed = policy[key];
  if (listed && !listed.some(isSender))
    return denied(`the policy does not list \`${sender.login}\` under \`${key}\``);
  return ALLOWED;
}

/**
 * May this task run: is its target within the policy, its signature right, the sender's day not used up? Throws
 * `isolation-unavailable` where the workflow isolates less than the policy wants.
 */
export async function permitTask(
  ports: Pick<Ports, "dispatch">,
  policy: Policy,
  settings: Pick<Settings, "taskSecret" | "triggerLabel" | "isolation">,
  dispatch: Dispatch,
  task: Task,
): Promise<Decision> {
  refuseLessIsolation(policy, settings);
  const target = permitTarget(policy, task);
  if (!target.allowed) return target;
  const signature = await permitSignature(ports, policy, settings, task);
  if (!signature.allowed) return signature;
  const limit = policy["tasks-per-day"];
  return limit ? await checkDailyLimit(ports, limit, dispatch, settings) : ALLOWED;
}

/** The machine was asked for the workflow's isolation before the policy could be read: it is refused, not raised. */
export function refuseLessIsolation(policy: Policy, { isolation }: Pick<Settings, "isolation">): void {
  if (ISOLATION_LEVELS.indexOf(isolation) >= ISOLATION_LEVELS.indexOf(policy.isolation)) return;
  throw new TaskFailure(
    "isolation-unavailable",
    `The policy wants \`isolation: ${policy.isolation}\` or stronger, and the workflow's input is \`${isolation}\`.`,
  );
}

function permitTarget(policy: Policy, { target, issue }: Task): Decision {
  const allowedTargets = policy["allowed-targets"];
  if (!allowedTargets) return ALLOWED;
  const decision = authoriseTarget(target.repository, issue.repository, { allowedTargets });
  return decision.allowed ? ALLOWED : denied(`${decision.reason} of the policy`);
}

async function permitSignature(
  ports: Pick<Ports, "dispatch">,
  policy: Policy,
  settings: Pick<Settings, "taskSecret" | "triggerLabel">,
  task: Task,
): Promise<Decision> {
  const { taskSecret } = settings;
  if (taskSecret === null) {
    if (!policy["require-signature"]) return ALLOWED;
    throw new TaskFailure(
      "invalid-policy",
      "The policy wants signed tasks (`require-signature`), and the workflow gives no `task-secret` to check them with.",
    );
  }
  const decision = checkSignature(task, taskSecret, ports.dispatch.now());
  return decision.allowed ? await checkReplay(ports, settings, task) : decision;
}

function denied(reason: string): Decision {
  return { allowed: false, reason };
}
