import picomatch from "picomatch";
import { inlineCode } from "../harmless.ts";
import { RECOMMENDATIONS } from "../investigation/report.ts";
import type { ActionDecision, ProposedAction } from "./judge-action.ts";
import type { AutoApprove } from "./operations.ts";
import { matchesAction } from "./wildcard.ts";

/**
 * Whether an allowed action needs no person: only where the report has no doubt of its own and a rule covers all of it, or the
 * rules that allow it want no approval (`needsNone`) and the risk is not high. Else a person, and why.
 */
export function autoApprove(
  rules: readonly AutoApprove[],
  report: ProposedAction,
  needsNone: boolean,
): ActionDecision {
  const doubt = doubtOf(report);
  if (doubt) return { kind: "person", reason: doubt };
  if (needsNone && report.risk_level !== "high")
    return {
      kind: "approved",
      reason: `the policy wants no approval for ${inlineCode(report.action)} (\`requires_approval: false\`)`,
    };
  const shortfalls = rules
    .filter(({ actions }) => actions.some((glob) => matchesAction(glob, report.action)))
    .map((rule) => shortfallOf(rule, report));
  if (shortfalls.includes(null)) return { kind: "approved", reason: "a rule of `auto_approve` covers it" };
  const why = shortfalls.find((problem) => problem !== null);
  return {
    kind: "person",
    reason: why ?? `no rule of \`auto_approve\` names ${inlineCode(report.action)}`,
  };
}

/** Why the report itself wants a person. */
function doubtOf({ action, safe_to_proceed, recommendation, failure }: ProposedAction): string | null {
  if (failure) return `the investigation failed (\`${failure.code}\`)`;
  if (!safe_to_proceed) return "the report does not call it safe (`safe_to_proceed`)";
  if (recommendation === "manual_review_required") return "the report wants a review by a person";
  const isAdvice = RECOMMENDATIONS.some((advice) => advice === recommendation);
  if (!isAdvice && recommendation !== action)
    return `the report recommends another action (${inlineCode(recommendation)})`;
  return null;
}

/** What keeps a rule from covering the report; `null` where nothing does. */
function shortfallOf(
  { risk_level, min_confidence, paths }: AutoApprove,
  report: ProposedAction,
): string | null {
  if (!risk_level.includes(report.risk_level))
    return `the risk is ${report.risk_level}, and \`auto_approve\` takes ${risk_level.join(", ")}`;
  if (min_confidence !== undefined && report.confidence < min_confidence)
    return `the confidence is ${report.confidence}, and \`auto_approve\` takes no less than ${min_confidence}`;
  return paths ? pathBeyond(paths, report) : null;
}

function pathBeyond(globs: string[], { proposal }: ProposedAction): string | null {
  const changed = proposal?.paths ?? [];
  if (changed.length === 0) return "`auto_approve` is for some `paths` only, and the report names none";
  // Picomatch takes `docs` itself for `docs/**`: a link or file in place of the folder.
  const inside = globs.map((glob) => glob.replace(/\/\*\*$/, "/**/*"));
  const isCovered = picomatch(inside, { dot: true, nonegate: true });
  const beyond = changed.find((path) => !isCovered(path));
  return beyond === undefined ? null : `${inlineCode(beyond)} is not among the \`paths\` of \`auto_approve\``;
}
