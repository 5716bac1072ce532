import type { RepositoryName } from "../../task.ts";
import { WEBHOOK_EVENTS } from "../intake/webhook.ts";
import { examineCreation, examineRepository } from "./access.ts";
import type { HookFacts, Inspector } from "./facts.ts";
import { examine, type Finding, ok, problem, unknown, type Verdict, warning } from "./finding.ts";

export interface DispatchOptions {
  triggerLabel: string;
  /** Whether a webhook secret is configured. */
  hasWebhook: boolean;
}

/** Checks a dispatch repository: can its tasks be found, and can their ends be told. */
export async function examineDispatch(
  inspector: Pick<Inspector, "repository" | "hasLabel" | "mayCreate" | "hooks">,
  name: RepositoryName,
  { triggerLabel, hasWebhook }: DispatchOptions,
): Promise<Finding[]> {
  const { facts, findings } = await examineRepository(inspector, name);
  if (!facts) return findings;
  const checks = [
    examine("issues", name, () =>
      facts.hasIssues
        ? ok("It has issues.")
        : problem("Its issues are turned off.", "Turn on *Settings → General → Features → Issues*."),
    ),
    examine("trigger-label", name, async () =>
      (await inspector.hasLabel(name, triggerLabel))
        ? ok(`It has the label \`${triggerLabel}\`.`)
        : problem(
            `It has no label \`${triggerLabel}\`.`,
            `Create it: \`gh label create ${triggerLabel} -R ${name}\`.`,
          ),
    ),
    examineCreation(inspector, name, "issue"),
    ...(hasWebhook ? [examine("webhook", name, async () => judgeHooks(await inspector.hooks(name)))] : []),
  ];
  return [...findings, ...(await Promise.all(checks))];
}

function judgeHooks(hooks: HookFacts[] | null): Verdict {
  if (!hooks) {
    return unknown(
      "The token may not read the webhooks.",
      "Look at *Settings → Webhooks → Recent Deliveries* by hand.",
    );
  }
  const hook = hooks.find(({ url, active }) => active && URL.parse(url)?.pathname.endsWith("/webhook"));
  if (!hook) {
    const remedy =
      "Add one that sends JSON to `https://YOUR-HOST/webhook` with the events issues and issue comments.";
    return problem("No active webhook leads to a path `/webhook`.", remedy);
  }
  const missing = WEBHOOK_EVENTS.filter(
    (event) => !hook.events.includes(event) && !hook.events.includes("*"),
  );
  if (missing.length > 0) {
    return problem(
      `The webhook does not send ${missing.join(" and ")}.`,
      "Choose these events in the webhook's settings.",
    );
  }
  if (hook.lastStatus === null)
    return warning("The webhook has delivered nothing yet.", "Label an issue, or redeliver its ping.");
  if (hook.lastStatus < 300) return ok(`Its last delivery was answered ${hook.lastStatus}.`);
  const remedy =
    "401: the secrets differ. 502 or nothing: GitHub cannot reach the runner; check address, proxy and firewall.";
  return problem(`Its last delivery was answered ${hook.lastStatus}.`, remedy);
}
