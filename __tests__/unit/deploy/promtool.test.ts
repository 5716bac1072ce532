import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
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

const rules = rulesIn(readRules());
const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).status === 0;

/** Runs promtool in a copy of the folder, with a token, and with other rules where they are given. */
function promtool(args: string[], changed?: Rules): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "agent-runner-prometheus-"));
  try {
    cpSync(PROMETHEUS_FOLDER, folder, { recursive: true });
    writeFileSync(join(folder, "agent-runner.token"), "token");
    if (changed) writeFileSync(join(folder, RULES_FILE), stringify(changed));
    const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
    return { status, output: stdout + stderr };
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

describe(HAS_PROMTOOL ? "promtool" : "promtool, which is not on the PATH,", () => {
  const testWith = HAS_PROMTOOL ? test : test.skip;
  const testRules = ["test", "rules", "agent-runner.rules.test.yml"];
  const names = rules.flatMap(({ alert }) => alert ?? []).sort();

  testWith("accepts the rules", () => {
    expect(promtool(["check", "rules", RULES_FILE])).toMatchObject({ status: 0 });
  });

  testWith("accepts every expression of the dashboard", () => {
    const asked = readDashboard().panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => withValues(expr)),
    );
    const recorded = asked.map((expr, index) => ({ record: `dashboard:${index}`, expr }));
    const groups = [{ name: "dashboard", rules: recorded }];
    const { status, output } = promtool(["check", "rules", RULES_FILE], { groups });
    expect([status, output]).toEqual([0, expect.stringContaining(`${asked.length} rules found`)]);
  });

  testWith("accepts the configuration, with the rules that it loads", () => {
    const { status, output } = promtool(["check", "config", "prometheus.yml"]);
    expect([status, output]).toEqual([0, expect.stringContaining(`${rules.length} rules found`)]);
  });

  testWith("finds that each alert fires where it must, and not where it must not", () => {
    expect(promtool(testRules)).toMatchObject({ status: 0 });
  });

  testWith("misses each alert where it never fires", () => {
    const { output } = promtool(testRules, alertsWith({ expr: "vector(1) == 0" }));
    expect(alertsBehind("exp", output)).toEqual(names);
    expect(alertsBehind("got", output)).toEqual([]);
  });

  testWith("is surprised by each alert where it always fires", () => {
    const { output } = promtool(testRules, alertsWith({ expr: 'up{job="agent-runner"}', for: "0s" }));
    expect(alertsBehind("got", output)).toEqual(names);
  });
});
