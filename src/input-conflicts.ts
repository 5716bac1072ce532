import { TaskFailure } from "./failure.ts";
import type { InputName, Settings } from "./inputs.ts";
import { isStateLabel } from "./report/state-labels.ts";

/**
 * Throws `invalid-input` for inputs that exclude or need each other, and says which one to drop or to add.
 * `isSet` tells whether the workflow gave an input another value than its default.
 */
export function refuseConflicts(
  settings: Pick<Settings, "signCommits" | "stateLabels" | "triggerLabel" | "isolation">,
  isSet: (name: InputName) => boolean,
): void {
  if (isSet("app-id") !== isSet("app-private-key")) {
    const [given, missing] = isSet("app-id") ? ["app-id", "app-private-key"] : ["app-private-key", "app-id"];
    throw conflict(
      `\`${given}\` is set and \`${missing}\` is not: a GitHub App needs both. Add \`${missing}\`.`,
    );
  }
  if (settings.stateLabels && isStateLabel(settings.triggerLabel)) {
    throw conflict(
      `\`trigger-label\` is \`${settings.triggerLabel}\`, a label that tells where a task is: setting it would start the task again. Choose another one, or set \`state-labels: false\`.`,
    );
  }
  if (isSet("callback-url") !== isSet("callback-secret")) {
    const missing = isSet("callback-url") ? "callback-secret" : "callback-url";
    throw conflict(
      `A callback takes \`callback-url\` and \`callback-secret\`, which signs it. Add \`${missing}\`.`,
    );
  }
  if (isSet("audit-token") && !isSet("audit-url")) {
    throw conflict("`audit-token` is for the address that events are sent to. Add `audit-url`.");
  }
  if (isSet("app-id") && isSet("target-token")) {
    throw conflict(
      "Both `target-token` and a GitHub App (`app-id`) are set for the target. Drop `target-token` to act as the App.",
    );
  }
  refuseIsolationConflicts(settings.isolation, isSet);
  const person = (["author", "committer"] as const).find(isSet);
  if (settings.signCommits && person) {
    throw conflict(
      `\`${person}\` cannot be set with \`sign-commits\`: GitHub signs only in the name of the token's account. Drop \`${person}\`.`,
    );
  }
}

function refuseIsolationConflicts(level: Settings["isolation"], isSet: (name: InputName) => boolean): void {
  const needs = {
    none: null,
    user: "isolation-user",
    bubblewrap: null,
    container: "isolation-image",
  } as const;
  const needed = needs[level];
  if (needed && !isSet(needed))
    throw conflict(`\`isolation: ${level}\` needs the input \`${needed}\`. Add it.`);
  const levels = {
    "isolation-user": ["user"],
    "isolation-image": ["container"],
    "isolation-network": ["bubblewrap", "container"],
  } as const satisfies Partial<Record<InputName, Settings["isolation"][]>>;
  for (const [name, fitting] of Object.entries(levels)) {
    if (!isSet(name as InputName) || fitting.some((fits) => fits === level)) continue;
    const shown = fitting.map((fits) => `\`isolation: ${fits}\``).join(" or ");
    throw conflict(`\`${name}\` is only for ${shown}. Drop it, or choose that.`);
  }
}

function conflict(detail: string): TaskFailure {
  return new TaskFailure("invalid-input", detail);
}
