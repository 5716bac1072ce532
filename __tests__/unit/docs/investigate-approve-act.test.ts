import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { ACTION_DETAILS } from "../../../src/investigation/action-result.ts";
import { FINDINGS } from "../../../src/investigation/report.ts";
import { parseOperationsPolicy } from "../../../src/policy/operations.ts";
import {
  blocksIn,
  chapter,
  DEPLOYMENT,
  HAS_JQ,
  KUBECTL,
  scriptsOf,
  WORKED_EXAMPLES,
} from "../../builders/worked-examples.ts";
import { HAS_SHELLCHECK, shellcheckFindings } from "../workflow-linters.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const WORKFLOW = readFileSync(join(ROOT, ".github/workflows/investigate-approve-act.yml"), "utf8");

interface Ran {
  status: number | null;
  stderr: string;
  written: unknown;
  calls: string[];
  left: string[];
}

function runScript(script: string, environment: Record<string, string>, files: Record<string, unknown>): Ran {
  const folder = mkdtempSync(join(tmpdir(), "worked-example-"));
  try {
    const at = (name: string) => join(folder, name);
    mkdirSync(at("bin"));
    mkdirSync(at("temp"));
    writeFileSync(at("bin/kubectl"), KUBECTL, { mode: 0o755 });
    writeFileSync(at("deployment"), DEPLOYMENT);
    writeFileSync(at("script.sh"), script);
    for (const [name, content] of Object.entries(files)) writeFileSync(at(name), JSON.stringify(content));
    const { status, stderr } = spawnSync("bash", [at("script.sh")], {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...{ PATH: `${at("bin")}:${process.env.PATH}`, TMPDIR: at("temp"), CALLS: at("calls") },
        ...{ DEPLOYMENT: at("deployment"), AGENT_CONTEXT_FILE: at("context") },
        ...{ AGENT_REPORT_FILE: at("report"), AGENT_RESULT_FILE: at("result") },
        ...environment,
      },
    });
    const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : "");
    const written = read(files.report ? "result" : "report");
    return {
      ...{ status, stderr, written: written && JSON.parse(written) },
      ...{ calls: read("calls").split("\n").filter(Boolean), left: readdirSync(at("temp")) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each(WORKED_EXAMPLES)("the example $heading", ({
  heading,
  context,
  recommendation,
  refused,
  does,
}) => {
  const { investigate, act } = scriptsOf(heading);
  const environment = {
    AGENT_RESOURCE: "deployment/web",
    AGENT_ACTION: recommendation,
    OPERATIONS_KEY: "key",
  };
  const hostile = ["", "web", "deployment/../x", "deployment/-a", "deployment/a b", "deployment/a\n--all"];

  (HAS_JQ ? test : test.skip)("finds what is to be done, changes nothing, and its findings fit", () => {
    const { AGENT_ACTION: _, ...given } = environment;
    const end = runScript(investigate, given, { context });
    expect([end.status, end.stderr]).toEqual([0, ""]);
    expect(FINDINGS.strict().parse(end.written)).toMatchObject({ recommendation, safe_to_proceed: true });
    expect(end.calls.filter((call) => !/^(?:get|rollout history) /.test(call))).toEqual([]);
  });

  (HAS_JQ ? test : test.skip)("does it, says so, and leaves the key nowhere", () => {
    const end = runScript(act, environment, { context, report: { context } });
    expect([end.status, end.stderr]).toEqual([0, ""]);
    expect(end.calls).toContain(does);
    expect(ACTION_DETAILS.parse(end.written).changes_made).toHaveLength(1);
    expect(end.left).toEqual([]);
  });

  (HAS_JQ ? test : test.skip).each(hostile)("asks nothing of the resource %j", (resource) => {
    for (const script of [investigate, act]) {
      const files = script === act ? { context, report: { context } } : { context };
      const end = runScript(script, { ...environment, AGENT_RESOURCE: resource }, files);
      expect([end.status, end.calls]).toEqual([1, []]);
    }
  });

  (HAS_JQ ? test : test.skip)("refuses another action, and a context that does not fit", () => {
    const other = { ...environment, AGENT_ACTION: "delete_all" };
    expect(runScript(act, other, { context, report: { context } })).toMatchObject({ status: 1, calls: [] });
    for (const odd of refused) {
      expect(runScript(investigate, environment, { context: odd })).toMatchObject({ status: 1, written: "" });
    }
  });

  (HAS_SHELLCHECK ? test : test.skip)("passes shellcheck", () => {
    expect([investigate, act].map(shellcheckFindings)).toEqual(["", ""]);
  });
});

describe("the page", () => {
  test("shows findings and a result that fit", () => {
    const [findings = "", result = ""] = blocksIn(chapter("## Customising"), "json");
    expect(FINDINGS.strict().safeParse(JSON.parse(findings)).success).toBe(true);
    expect(ACTION_DETAILS.safeParse(JSON.parse(result)).success).toBe(true);
  });

  test("shows calls that the workflow takes", () => {
    const [form = "", alert = ""] = blocksIn(chapter("## Triggers"), "sh");
    const { on } = parse(WORKFLOW);
    expect([...form.matchAll(/-f (\w+)=/g)].map(([, name]) => name).sort()).toEqual(
      Object.keys(on.workflow_dispatch.inputs).sort(),
    );
    const payload = JSON.parse(/-d '(.*)'/.exec(alert)?.[1] ?? "");
    expect(on.repository_dispatch.types).toEqual([payload.event_type]);
    for (const name of Object.keys(payload.client_payload))
      expect(WORKFLOW).toContain(`github.event.client_payload.${name}`);
  });

  test("shows a policy that is one, and that is about the examples", () => {
    const [text = ""] = blocksIn(chapter("## The policy"), "yaml");
    const { allowed_actions } = parseOperationsPolicy(text, "operations.yml");
    expect(allowed_actions.map(({ type }) => type).sort()).toEqual(
      WORKED_EXAMPLES.map(({ recommendation }) => recommendation).sort(),
    );
  });

  test("calls the workflow with inputs and secrets that it has", () => {
    const [caller = ""] = blocksIn(chapter("## Triggers"), "yaml");
    const { web } = parse(caller).jobs;
    const { inputs, secrets } = parse(WORKFLOW).on.workflow_call;
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(web.with)));
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining(Object.keys(web.secrets)));
  });

  test("sets the environment up with a body that is JSON", () => {
    const [, body = ""] = /<<'JSON'\n([\s\S]*?)\nJSON\n/.exec(chapter("## The environment")) ?? [];
    expect(JSON.parse(body)).toMatchObject({ prevent_self_review: true });
  });

  test("names messages that are really written", () => {
    const sources = ["src", ".github/workflows"]
      .flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) =>
          join(ROOT, folder, path),
        ),
      )
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const quoted = [...chapter("## Troubleshooting").matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text);
    expect(quoted.length).toBeGreaterThan(9);
    const written = (text: string) =>
      sources.includes(text) || sources.includes(text.replace("report", "$" + "{name}"));
    expect(quoted.filter((text) => !written(text))).toEqual([]);
  });
});
