import { FAILURES } from "../failure.ts";
import { fence } from "../fences.ts";
import { harmlessMarkdown, inlineCode, quoteText } from "../harmless.ts";
import type { KeptWork } from "../keep-work.ts";
import { TASK_EXAMPLE } from "../parse-task.ts";
import type { End, FailureCode, Outcome, Pushed, Stage } from "../task.ts";
import { fitText } from "./fit.ts";
import { blocks, noteList, STAGE_NAMES, section, threadLink } from "./markdown.ts";
import type { FinalReport } from "./report.ts";
import { failureCodeOf } from "./task-result.ts";

const LONGEST_DETAIL = 4000;
const LONGEST_QUESTION = 8000;
const QUOTE_ROOM = 8000;

/** One line for people that says how it ended. */
export function headlineOf({ outcome, task }: FinalReport): string {
  switch (outcome.kind) {
    case "opened":
    case "updated": {
      const { pullRequest } = outcome;
      const link = threadLink(task?.target.repository ?? "", pullRequest);
      return `✅ Pull request ${outcome.kind}: ${link}${pullRequest.draft ? " (a draft)" : ""}`;
    }
    case "no-changes":
      return "ℹ️ Nothing to change";
    case "needs-input":
      return "❓ An answer is needed";
    case "ignored":
      return "ℹ️ Ignored";
    case "duplicate":
      return "ℹ️ Already taken care of";
    case "denied":
    case "cancelled":
    case "failed":
      return `❌ ${FAILURES[codeOf(outcome)].title}`;
  }
}

/** Why the step fails, for its annotation: what happened and what to do. None where it does not. */
export function annotationsOf(outcome: End): string[] {
  if (outcome.kind === "cancelled") return [`${FAILURES.cancelled.title}: ${outcome.reason}`];
  if (outcome.kind !== "failed") return [];
  const { title, remedy } = FAILURES[outcome.code];
  return [`${title}: ${outcome.detail} ${remedy}`];
}

/** What happened and what a person can do, as Markdown paragraphs; at most about 40,000 bytes. */
export function renderOutcome(report: FinalReport): string {
  return blocks(renderEnd(report), report.kept && renderKept(report.kept), renderPushed(report));
}

/** The work of a run that failed after its push is found on the branch. */
function renderPushed({ outcome, task, pushed }: FinalReport): string | null {
  if (!task || !pushed || (outcome.kind !== "failed" && outcome.kind !== "cancelled")) return null;
  return `**The work is pushed** to ${inlineCode(task.target.repository)}: ${pushedLine(pushed)}`;
}

function renderKept({ folder, commands }: KeptWork): string {
  return blocks(
    `**The work is kept** in \`${folder}\` of the run (the output \`work-folder\`; the example workflow uploads it). With \`work.bundle\` in a clone of the target:`,
    fence(commands.join("\n"), "sh"),
  );
}

function renderEnd(report: FinalReport): string {
  const { outcome } = report;
  switch (outcome.kind) {
    case "opened":
    case "updated":
      return blocks(pushedLine(outcome), section("Notes", noteList(outcome.notes)));
    case "no-changes":
      return blocks(words(outcome.reason), quoted(outcome.quote));
    case "needs-input":
      return blocks(
        quotedQuestion(outcome.question),
        "Edit the issue so that it holds the answer, then comment `/agent retry`.",
      );
    case "ignored":
    case "duplicate":
      return words(outcome.reason);
    case "denied":
    case "cancelled":
      return failure(report, {
        ...outcome,
        code: codeOf(outcome),
        detail: outcome.reason,
        quote: null,
        notes: [],
      });
    case "failed":
      return failure(report, outcome);
  }
}

function codeOf(outcome: Outcome): FailureCode {
  return failureCodeOf(outcome) ?? "unexpected";
}

function pushedLine({ branch, commit }: Pushed): string {
  return `Branch ${inlineCode(branch)}, commit ${inlineCode(commit.slice(0, 12))}.`;
}

interface Failure {
  code: FailureCode;
  detail: string;
  quote: string | null;
  notes: string[];
  step?: Stage;
}

function failure({ stages }: FinalReport, { code, detail, quote, notes, step }: Failure): string {
  const stage = step ?? stages.at(-1)?.stage ?? "authorise";
  return blocks(
    `**Step:** ${STAGE_NAMES[stage]}`,
    `**Error:** ${words(detail)} (\`${code}\`)`,
    quoted(quote),
    `**What to do:** ${FAILURES[code].remedy}`,
    code === "invalid-task"
      ? blocks("A task that would be understood:", fence(TASK_EXAMPLE, "markdown"))
      : null,
    section("Notes", noteList(notes)),
  );
}

function words(text: string): string {
  return harmlessMarkdown(text, { maxLength: LONGEST_DETAIL });
}

function quoted(text: string | null): string | null {
  if (!text?.trim()) return null;
  return fitText(text, QUOTE_ROOM, (part, isCut) =>
    blocks(`It said${isCut ? " (the beginning)" : ""}:`, quoteText(part)),
  );
}

function quotedQuestion(question: string): string {
  return harmlessMarkdown(question, { maxLength: LONGEST_QUESTION }).replace(/^/gm, "> ");
}
