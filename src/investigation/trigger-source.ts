import type { InvestigateInputs } from "./inputs.ts";
import type { InvestigationReport } from "./report.ts";

const BY_EVENT: Record<string, InvestigationReport["trigger_source"]> = {
  workflow_dispatch: "manual",
  repository_dispatch: "alert",
  schedule: "schedule",
};

/** What set the investigation off: as the workflow says, else by its event; the events of issues are `issue`. */
export function triggerSourceOf(
  eventName: string,
  { triggerSource }: Pick<InvestigateInputs, "triggerSource">,
): InvestigationReport["trigger_source"] {
  return triggerSource ?? BY_EVENT[eventName] ?? "issue";
}
