import type { InvestigationReport } from "./report.ts";

/** The report as artifacts and approvers may see it: in no text of it is a secret of the run. */
export function withoutSecrets(
  report: InvestigationReport,
  redact: (text: string) => string,
): InvestigationReport {
  return mapTexts(report, redact) as InvestigationReport;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change)]));
}
