import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "@jest/globals";
import { stringify } from "yaml";
import {
  PROMETHEUS_FOLDER,
  RULES_FILE,
  type Rule,
  type Rules,
  readRules,
  rulesIn,
} from "../../builders/alert-rules.ts";
import { readDashboard, withValues } from "../../builders/dashboard.ts";
import { promtool, testWithPromtool, type Verdict, WHY_NOT } from "../../builders/promtool.ts";

const rules = rulesIn(readRules());

/** Runs promtool in a copy of the folder, with a token, and with other rules where they are given. */
function promtoolWith(args: string[], changed?: Rules): Verdict {
  const folder = mkdtempSync(join(tmpdir(), "agent-runner-prometheus-"));
  try {
    cpSync(PROMETHEUS_FOLDER, folder, { recursive: true });
    writeFileSync(join(folder, "agent-runner.token"), "token");
    if (changed) writeFileSync(join(folder, RULES_FILE), stringify(changed));
    return promtool(args, { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rules with every alert changed so. */
function alertsWith(change: Partial<Rule>): Rules {
  const changed = readRules();
  for (const rule of rulesIn(changed)) if (rule.alert) Object.assign(rule, change);
  return changed;
}

/** The alerts that promtool names behind such a word, `exp` for what was to be and `got` for what was. */
function alertsBehind(word: "exp" | "got", output: string): string[] {
  const named = output.split(/^ *(?=exp:|got:)/m).filter((part) => part.startsWith(word));
  const found = named.flatMap((part) =>
    [...part.matchAll(/alertname="(\w+)"/g)].map(([, name = ""]) => name),
  );
  return [...new Set(found)].sort();
}

describe(`promtool${WHY_NOT}`, () => {
  const testRules = ["test", "rules", "agent-runner.rules.test.yml"];
  const names = rules.flatMap(({ alert }) => alert ?? []).sort();

  testWithPromtool("accepts the rules", () => {
    expect(promtoolWith(["check", "rules", RULES_FILE])).toMatchObject({ status: 0 });
  });

  testWithPromtool("accepts every expression of the dashboard", () => {
    const asked = readDashboard().panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => withValues(expr)),
    );
    const recorded = asked.map((expr, index) => ({ record: `dashboard:${index}`, expr }));
    const groups = [{ name: "dashboard", rules: recorded }];
    const { status, complaints } = promtoolWith(["check", "rules", RULES_FILE], { groups });
    expect([status, complaints]).toEqual([0, expect.stringContaining(`${asked.length} rules found`)]);
  });

  testWithPromtool("accepts the configuration, with the rules that it loads", () => {
    const { status, complaints } = promtoolWith(["check", "config", "prometheus.yml"]);
    expect([status, complaints]).toEqual([0, expect.stringContaining(`${rules.length} rules found`)]);
  });

  testWithPromtool("finds that each alert fires where it must, and not where it must not", () => {
    expect(promtoolWith(testRules)).toMatchObject({ status: 0 });
  });

  testWithPromtool("misses each alert where it never fires", () => {
    const { complaints } = promtoolWith(testRules, alertsWith({ expr: "vector(1) == 0" }));
    expect(alertsBehind("exp", complaints)).toEqual(names);
    expect(alertsBehind("got", complaints)).toEqual([]);
  });

  testWithPromtool("is surprised by each alert where it always fires", () => {
    const { complaints } = promtoolWith(testRules, alertsWith({ expr: 'up{job="agent-runner"}', for: "0s" }));
    expect(alertsBehind("got", complaints)).toEqual(names);
  });
});
