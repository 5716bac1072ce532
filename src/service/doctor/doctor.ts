import type { RepositoryName } from "../../task.ts";
import type { Configuration } from "../configuration.ts";
import { examineToken } from "./access.ts";
import { examineDispatch } from "./dispatch.ts";
import type { Inspector } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { examineTarget } from "./target.ts";

export interface DoctorNeeds {
  dispatch: Inspector;
  target: Inspector;
  /** What was found of the machine. */
  examineMachine(): Promise<Finding[]>;
}

/** Checks everything that makes a first run fail, for these repositories. Nothing is changed anywhere. */
export async function diagnose(
  needs: DoctorNeeds,
  {
    settings,
    repositories,
    webhookSecret,
  }: Pick<Configuration, "settings" | "repositories" | "webhookSecret">,
  targets: RepositoryName[],
): Promise<Finding[]> {
  const options = { triggerLabel: settings.triggerLabel, hasWebhook: webhookSecret !== null };
  const isOne = needs.dispatch === needs.target;
  const groups = await Promise.all([
    needs.examineMachine(),
    examineToken(needs.dispatch, isOne ? "token" : "token of the dispatch repositories"),
    ...(isOne ? [] : [examineToken(needs.target, "token of the targets")]),
    ...repositories.map((name) => examineDispatch(needs.dispatch, name, options)),
    ...targets.map((name) => examineTarget(needs.target, name, settings)),
  ]);
  return groups.flat();
}

const SIGNS: Record<Finding["level"], string> = { ok: "✓", unknown: "?", warning: "!", problem: "✗" };

/** For people: one finding a line, with its remedy below. */
export function renderFindings(findings: Finding[]): string {
  const lines = findings.flatMap(({ check, subject, level, detail, remedy }) => [
    `${SIGNS[level]} ${subject} · ${check}: ${detail}`,
    ...(remedy ? [`    → ${remedy}`] : []),
  ]);
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  return [...lines, "", `${count("problem")} problems, ${count("warning")} warnings.`]
    .join("\n")
    .replaceAll("`", "");
}
