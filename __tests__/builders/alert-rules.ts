import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: { severity: string };
  annotations?: Record<string, string>;
}

/** A file of rules for Prometheus. */
export interface Rules {
  groups: { name: string; rules: Rule[] }[];
}

export const PROMETHEUS_FOLDER = fileURLToPath(new URL("../../deploy/prometheus/", import.meta.url));
export const RULES_FILE = "agent-runner.rules.yml";

export function readRules(): Rules {
  return parse(readFileSync(PROMETHEUS_FOLDER + RULES_FILE, "utf8"));
}

export function rulesIn({ groups }: Rules): Rule[] {
  return groups.flatMap(({ rules }) => rules);
}
