import { harmlessLine, harmlessMarkdown, inlineCode } from "../harmless.ts";
import { blocks, noteList, section, table } from "../report/markdown.ts";
import type { JobName } from "./jobs.ts";
import type { InvestigationSummary, WorkflowSummary } from "./summary.ts";

const LONGEST_FINDINGS = 60_000;
const LONGEST_REASON = 300;

/** `workflow-summary.md`, at most about 250 KB; `findings` is the output `summary` of the investigation, Markdown. */
export function renderSummary(summary: WorkflowSummary, findings: string | null): string {
  return blocks(
    `## ${headlineOf(summary)}`,
    factTable(summary),
    jobTable(summary),
    section("Findings", findings && harmlessMarkdown(findings, { maxLength: LONGEST_FINDINGS })),
    section("Changes made", noteList(summary.action_result?.details.changes_made ?? [])),
    section("Missing", noteList(summary.missing)),
    `[Run and log](${summary.run_url})`,
  ).concat("\n");
}

/** One line for people that says how the run ended. */
export function headlineOf(summary: WorkflowSummary): string {
  const action = summary.action_result?.action ?? summary.investigation?.action ?? null;
  const what =
    action && `: ${inlineCode(action)}${summary.resource ? ` on ${inlineCode(summary.resource)}` : ""}`;
  return `${endingOf(summary)}${what ?? ""}`;
}

function endingOf({ results, investigation, action_result: done }: WorkflowSummary): string {
  if (Object.values(results).includes("cancelled")) return "⚠️ Cancelled, or out of time";
  if (results.investigate === "failure") return "❌ The investigation failed";
  if (investigation?.outcome === "denied") return ENDINGS.denied;
  if (results.investigate !== "success" || investigation?.outcome !== "investigated")
    return "ℹ️ Not investigated";
  if (done) return ENDINGS[done.status];
  if (results.approve === "failure") return "🚫 Not approved";
  if (results.act === "failure") return "❌ The job that acts failed";
  if (results.act === "success") return "❔ Not known whether it was done";
  return investigation.action === null ? "ℹ️ Nothing to do" : "ℹ️ Not done";
}

const ENDINGS = {
  success: "✅ Done",
  failed: "❌ The action failed",
  skipped: "ℹ️ Nothing was done",
  denied: "🚫 Denied",
};

function factTable({ resource, trigger_source, trace_id }: WorkflowSummary): string {
  const row = (name: string, value: string | null) => [name, value === null ? "–" : inlineCode(value)];
  return table(["", ""], [row("Resource", resource), row("Trigger", trigger_source), row("Trace", trace_id)]);
}

function jobTable(summary: WorkflowSummary): string {
  const row = (name: JobName, notes: (string | null | undefined)[]) => [
    name,
    summary.results[name] ?? "–",
    notes.filter(Boolean).join(", ") || "–",
  ];
  const { investigation, approved_by, action_result, act_failure_code } = summary;
  const code = (text: string | null | undefined) => text && inlineCode(text);
  return table(
    ["Job", "Result", ""],
    [
      row("investigate", [code(investigation?.outcome), code(investigation?.failure_code)]),
      row("approve", [approved_by && `approved by ${inlineCode(approved_by)}`, policyOf(investigation)]),
      row("act", [code(action_result?.status), code(act_failure_code)]),
    ],
  );
}

/** What the policy said of asking nobody; nothing where nobody was asked for a decision. */
function policyOf(investigation: InvestigationSummary | null): string | null {
  if (!investigation?.approval_reason) return null;
  const asked = investigation.auto_approved ? "the policy asks nobody" : "the policy asks people";
  return `${asked}: ${harmlessLine(investigation.approval_reason, LONGEST_REASON)}`;
}
