import { harmlessLine, inlineCode } from "../harmless.ts";
import type { InvestigationReport } from "../investigation/report.ts";
import { autoApprove } from "./auto-approve.ts";
import type { AllowedAction, OperationsPolicy, RateLimit } from "./operations.ts";
import { matchesAction, matchesWildcard } from "./wildcard.ts";

/** What the policy says to an action, and why (Markdown): never, only with a person's approval, or without one. */
export interface ActionDecision {
  kind: "denied" | "person" | "approved";
  reason: string;
}

/** A report that proposes an action. */
export type ProposedAction = InvestigationReport & { action: string };

/** An action that was begun, by GitHub's clock. */
export interface PastAct {
  action: string;
  at: Date;
}

/** Judges a proposed action by the policy alone: what is denied stays so, and what is not allowed is denied. */
export function judgeAction(
  policy: OperationsPolicy,
  report: ProposedAction,
  past: readonly PastAct[],
  now: Date,
): ActionDecision {
  const { action } = report;
  const name = inlineCode(action);
  const denial = policy.denied_actions.find(({ type }) => matchesAction(type, action));
  if (denial)
    return denied(`the policy denies ${name}${denial.reason ? `: ${harmlessLine(denial.reason, 500)}` : ""}`);
  const named = policy.allowed_actions.filter(({ type }) => matchesAction(type, action));
  const unmet = named.map((rule) => unmetCondition(rule, report));
  const applying = named.filter((_, index) => unmet[index] === null);
  if (applying.length === 0) {
    const why = unmet.find((problem) => problem !== null);
    return denied(why ? `the policy allows ${name} only where ${why}` : `the policy does not allow ${name}`);
  }
  const limit = report.task === null ? reachedLimit(policy, action, past, now) : null;
  if (limit) return denied(limit);
  return approvalFor(policy, applying, report);
}

/** Of all rules that apply the strictest counts, whatever their order. */
function approvalFor(
  policy: OperationsPolicy,
  applying: AllowedAction[],
  report: ProposedAction,
): ActionDecision {
  const sentences = applying.flatMap(({ conditions }) => conditions.unjudged);
  if (sentences.length > 0) {
    const list = sentences.map((sentence) => `“${harmlessLine(sentence, 500)}”`).join(", ");
    return person(`a person must see whether this holds: ${list}`);
  }
  if (applying.some((rule) => rule.requires_approval === true))
    return person(`the policy wants an approval for ${inlineCode(report.action)} (\`requires_approval\`)`);
  const limit = report.task && policy.rate_limits.find((rate) => matchesAction(rate.action, report.action));
  if (limit)
    return person(
      `how often tasks run is not counted for ${inlineCode(limit.action)} of \`rate_limits\` (\`tasks-per-day\` of a \`policy-file\` does that)`,
    );
  const needsNone = applying.every((rule) => rule.requires_approval === false);
  return autoApprove(policy.auto_approve, report, needsNone);
}

function unmetCondition({ conditions }: AllowedAction, report: ProposedAction): string | null {
  for (const { field, globs } of conditions.judged) {
    const found = fieldOf(report, field);
    if (found !== null && globs.some((glob) => matchesWildcard(glob, found))) continue;
    const wanted = globs.map(inlineCode).join(" or ");
    return `\`${field}\` is ${wanted} (it is ${found === null ? "not given" : inlineCode(found)})`;
  }
  return null;
}

/** The value that a condition is about; `null` where there is none that is a text, a number or a truth value. */
function fieldOf(report: ProposedAction, field: string): string | null {
  if (field === "resource" || field === "trigger_source" || field === "risk_level") return report[field];
  const key = field.slice("context.".length);
  const found = Object.hasOwn(report.context, key) ? report.context[key] : undefined;
  return ["string", "number", "boolean"].includes(typeof found) ? String(found) : null;
}

/** Why the action may not be done again so soon. */
function reachedLimit(
  { rate_limits }: OperationsPolicy,
  action: string,
  past: readonly PastAct[],
  now: Date,
): string | null {
  for (const limit of rate_limits.filter((rate) => matchesAction(rate.action, action))) {
    const since = now.getTime() - limit.windowMs;
    const counted = past.filter((act) => matchesAction(limit.action, act.action) && act.at.getTime() > since);
    if (counted.length >= limit.max) return describeLimit(limit, counted);
  }
  return null;
}

function describeLimit({ action, max, per, windowMs }: RateLimit, counted: PastAct[]): string {
  const times = counted.map(({ at }) => at.getTime()).sort((one, other) => one - other);
  const free = new Date((times[times.length - max] ?? 0) + windowMs).toISOString();
  return `the policy allows ${inlineCode(action)} ${max} times within a ${per} (\`rate_limits\`), and that many were begun; the next one may start at ${free}`;
}

function denied(reason: string): ActionDecision {
  return { kind: "denied", reason };
}

function person(reason: string): ActionDecision {
  return { kind: "person", reason };
}
