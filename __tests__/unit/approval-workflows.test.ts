import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { fillIn, holds, type Moment } from "../builders/workflow-expressions.ts";
import { type JobOfFile as Job, ownAction, readWorkflowFile } from "../builders/workflow-file.ts";
import { actionlintFindings, workflowErrors } from "./workflow-linters.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = ".github/workflows/";
const OPERATIONS = readFile(`${FOLDER}investigate-approve-act.yml`);
const TASKS = readFile(`${FOLDER}agent-runner-two-jobs-example.yml`);

const dispatchInput = z.object({ type: z.string(), required: z.boolean().default(false) });

function readFile(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

function jobOf(text: string, name: string): Job {
  const found = readWorkflowFile(text).jobs[name];
  if (!found) throw new Error(`There is no job ${name}.`);
  return found;
}

function manifestOf(folder: string): { inputs: string[]; outputs: string[] } {
  const { inputs = {}, outputs = {} } = parse(readFile(folder ? `${folder}/action.yml` : "action.yml"));
  return { inputs: Object.keys(inputs), outputs: Object.keys(outputs) };
}

function secretsIn(value: unknown): string[] {
  const found = JSON.stringify(value).matchAll(/\bsecrets\b\W*(\w*)/g);
  return [...new Set([...found].map(([, name = ""]) => name))];
}

describe.each(readdirSync(new URL(FOLDER, ROOT)))("%s", (name) => {
  const { jobs } = readWorkflowFile(readFile(FOLDER + name));
  const all = Object.values(jobs);

  test("gives our actions inputs that they have", () => {
    const unknown = all
      .flatMap((each) => each.steps)
      .flatMap((each) => {
        const folder = ownAction(each);
        if (folder === null) return [];
        const { inputs } = manifestOf(folder);
        return Object.keys(each.with).filter((input) => !inputs.includes(input));
      });
    expect(unknown).toEqual([]);
  });

  test("reads outputs that its steps and jobs have", () => {
    const unknown = all.flatMap((each) => {
      const text = JSON.stringify(each);
      const ofSteps = [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(
        ([, id, output = ""]) => {
          const folder = each.steps.filter((found) => found.id === id).map(ownAction)[0];
          return folder == null || !manifestOf(folder).outputs.includes(output);
        },
      );
      const ofJobs = [...text.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(
        ([, id = "", output = ""]) => !each.needs.includes(id) || !(output in (jobs[id]?.outputs ?? {})),
      );
      return [...ofSteps, ...ofJobs].map(([read]) => read);
    });
    expect(unknown).toEqual([]);
  });
});

describe.each([
  ["investigate-approve-act.yml", OPERATIONS, "MODEL_API_KEY", ["OPERATIONS_KEY"]],
  ["agent-runner-two-jobs-example.yml", TASKS, "ANTHROPIC_API_KEY", []],
])("%s", (_, text, modelKey, actSecrets) => {
  test("gives the job that investigates no secret but the model's, and the one that waits none at all", () => {
    expect(secretsIn(jobOf(text, "investigate"))).toEqual([modelKey]);
    expect(secretsIn(jobOf(text, "act"))).toEqual(actSecrets);
    const { jobs, ...rest } = readWorkflowFile(text);
    const others = Object.entries(jobs).filter(([name]) => !["investigate", "act"].includes(name));
    expect(secretsIn([others, { ...rest, on: {} }])).toEqual([]);
  });

  test("lets the agent's job write nothing, and asks at the environment in a job that may do nothing", () => {
    const reading = Object.values(jobOf(text, "investigate").permissions ?? {});
    expect(new Set(reading)).toEqual(new Set(["read"]));
    expect(jobOf(text, "approve")).toMatchObject({ permissions: {} });
    expect(jobOf(text, "approve").environment).toContain("agent-approval");
    expect(jobOf(text, "act").environment).toBeUndefined();
  });

  test("asks for the same environment that the acting job asks GitHub about", () => {
    const act = jobOf(text, "act").steps.find((each) => ownAction(each) === "act");
    expect(act?.with.environment).toBe(jobOf(text, "approve").environment);
  });

  test("takes the report's digest from the job's outputs", () => {
    const act = jobOf(text, "act").steps.find((each) => ownAction(each) === "act");
    expect(act?.with["report-digest"]).toBe("$" + "{{ needs.investigate.outputs.report-digest }}");
  });

  test("keeps every artifact for a number of days, also when a run is run again", () => {
    const uploads = Object.values(readWorkflowFile(text).jobs)
      .flatMap((each) => each.steps)
      .filter(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
    expect(uploads.length).toBeGreaterThan(3);
    for (const upload of uploads)
      expect(upload.with).toMatchObject({ "retention-days": expect.any(Number), overwrite: true });
  });
});

describe("the permissions", () => {
  test("let the acting job alone write, and of operations only its mark", () => {
    expect(jobOf(OPERATIONS, "investigate").permissions).toEqual({ contents: "read" });
    expect(jobOf(OPERATIONS, "act").permissions).toEqual({ actions: "read", contents: "write" });
    expect(jobOf(OPERATIONS, "summarize").permissions).toEqual({});
    expect(jobOf(TASKS, "investigate").permissions).toEqual({
      contents: "read",
      issues: "read",
      "pull-requests": "read",
    });
    expect(jobOf(TASKS, "act").permissions).toEqual({
      actions: "read",
      contents: "write",
      issues: "write",
      "pull-requests": "write",
    });
  });
});

describe("the events of operations", () => {
  const { on } = readWorkflowFile(OPERATIONS);
  const dispatch = z.object({ inputs: z.record(z.string(), dispatchInput) });

  test("are a call, a dispatch and a form with four fields; the clock is to be turned on", async () => {
    expect(Object.keys(on)).toEqual(["workflow_dispatch", "repository_dispatch", "workflow_call"]);
    expect(on.repository_dispatch).toEqual({ types: ["alert-triggered"] });
    const { inputs } = dispatch.parse(on.workflow_dispatch);
    expect(Object.entries(inputs).map(([name, { required }]) => [name, required])).toEqual([
      ["trigger_source", true],
      ["trace_id", true],
      ["resource", true],
      ["action_context", false],
    ]);
    const allOn = OPERATIONS.replace(/^ {2}# ( *(?:- )?[a-z_]+:.*)$/gm, "  $1");
    expect(Object.keys(readWorkflowFile(allOn).on)).toContain("schedule");
    expect([await actionlintFindings(allOn), await workflowErrors(allOn)]).toEqual([[], []]);
  });

  test("let only a calling workflow choose the scripts, never whoever fills in the form", () => {
    const { inputs } = dispatch.parse(on.workflow_call);
    const commands = Object.keys(inputs).filter((name) => name.endsWith("_command"));
    expect(commands).toEqual(["investigate_command", "act_command"]);
    expect(Object.keys(dispatch.parse(on.workflow_dispatch).inputs)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/_command$/)]),
    );
  });
});

describe("what an operation is about", () => {
  const { env, concurrency, jobs } = readWorkflowFile(OPERATIONS);
  const vars = { SCHEDULED_RESOURCE: "nightly" };
  const context = jobs.investigate?.steps.find(({ id }) => id === "investigate")?.with["action-context"];
  function about(github: object, inputs: object = {}) {
    const moment: Moment = { contexts: { github, inputs, vars } };
    expect(fillIn(concurrency?.group ?? "", moment)).toBe(`operation-${fillIn(env.RESOURCE ?? "", moment)}`);
    return [env.RESOURCE, env.TRACE_ID, env.TRIGGER_SOURCE, String(context)].map((text = "") =>
      fillIn(text, moment),
    );
  }

  test("stands in the form", () => {
    const inputs = {
      resource: "web",
      trace_id: "INC-1",
      trigger_source: "manual",
      action_context: '{"a":1}',
    };
    expect(about({ event_name: "workflow_dispatch", event: { inputs } }, inputs)).toEqual([
      ...["web", "INC-1", "manual"],
      '{"a":1}',
    ]);
  });

  test("stands in the payload of an alert, its context as JSON again", () => {
    const client_payload = { resource: "web", trace_id: "a-1", action_context: { error_rate: 0.07 } };
    const [resource, trace, trigger, given] = about({
      event_name: "repository_dispatch",
      event: { client_payload },
    });
    expect([resource, trace, trigger]).toEqual(["web", "a-1", ""]);
    expect(JSON.parse(given ?? "")).toEqual({ error_rate: 0.07 });
  });

  test("is the variable's for the clock, and nothing for an alert that names nothing", () => {
    expect(about({ event_name: "schedule", event: {} })).toEqual(["nightly", "", "", "{}"]);
    expect(about({ event_name: "repository_dispatch", event: { client_payload: {} } })).toEqual([
      "",
      "",
      "",
      "{}",
    ]);
  });

  test("is told to the acting job by the event too, not by the job that investigated", () => {
    const [investigate, act] = ["investigate", "act"].map((name) => {
      const found = jobOf(OPERATIONS, name).steps.find((each) => ownAction(each) === name);
      return [found?.with.resource, found?.with.action, found?.with["action-context"]].map(String);
    });
    expect(act).toEqual(investigate);
    expect(act).toEqual([
      expect.stringContaining("env.RESOURCE"),
      expect.stringContaining("client_payload.action"),
      expect.stringContaining("client_payload.action_context"),
    ]);
    expect(act?.join()).not.toMatch(/needs|steps/);
  });
});

describe("which jobs run", () => {
  interface Situation {
    investigate: { result: string; outcome?: string; action?: string; auto?: boolean };
    approve?: string;
    cancelled?: boolean;
  }
  const proposed = { result: "success", outcome: "investigated", action: "restart_service" };
  const nothing = { result: "success", outcome: "investigated", action: "" };
  const failed = { result: "failure", outcome: "failed", action: "" };
  const ended = (outcome: string) => ({ result: "success", outcome, action: "" });

  function jobsThatRun(text: string, { investigate, approve = "skipped", cancelled = false }: Situation) {
    const { result, auto = false, ...outputs } = investigate;
    const needs = {
      investigate: { result, outputs: { ...outputs, "auto-approved": String(auto) } },
      approve: { result: approve, outputs: {} },
      act: { result: "success", outputs: {} },
    };
    return ["approve", "act", "summarize"].filter((name) => {
      const found = readWorkflowFile(text).jobs[name];
      const before = (found?.needs ?? []) as (keyof typeof needs)[];
      const succeeded = before.every((each) => needs[each].result === "success");
      return found && holds(found.if, { contexts: { needs }, succeeded, cancelled });
    });
  }

  test.each<[string, Situation, string[], string[]]>([
    [
      "a person is asked",
      { investigate: proposed, approve: "success" },
      ["approve", "act"],
      ["approve", "act"],
    ],
    [
      "a person says no",
      { investigate: proposed, approve: "failure" },
      ["approve", "act"],
      ["approve", "act"],
    ],
    ["a policy spares the person", { investigate: { ...proposed, auto: true } }, ["act"], ["act"]],
    ["there is nothing to do", { investigate: nothing }, [], ["act"]],
    ["the investigation fails", { investigate: failed }, [], ["act"]],
    ["the investigation's job dies", { investigate: { result: "failure" } }, [], ["act"]],
    [
      "the work is beyond the limits",
      { investigate: { ...failed, action: "open_pull_request" } },
      [],
      ["act"],
    ],
    ["the sender may not, or the policy denies it", { investigate: ended("denied") }, [], ["act"]],
    ["the event is no task", { investigate: ended("ignored") }, [], []],
    ["the event is from before the result", { investigate: ended("duplicate") }, [], []],
    ["the issue has no label", { investigate: { result: "skipped" } }, [], []],
    ["the run is cancelled", { investigate: proposed, approve: "cancelled", cancelled: true }, [], []],
  ])("when %s", (_, situation, operation, task) => {
    expect(jobsThatRun(OPERATIONS, situation)).toEqual([...operation, "summarize"]);
    expect(jobsThatRun(TASKS, situation)).toEqual(task);
  });
});

describe("the scripts", () => {
  const hostile = '::error::gotcha\n##[add-mask]x\n$(touch bait) `touch bait`\n"; touch bait; # \\ %s %n\n-n';

  function run(name: string, text: string, environment: Record<string, string>) {
    const script = Object.values(readWorkflowFile(text).jobs)
      .flatMap((each) => each.steps)
      .find((each) => each.name === name)?.run;
    const folder = mkdtempSync(join(tmpdir(), "workflow-script-"));
    try {
      const summary = join(folder, "summary");
      writeFileSync(join(folder, "script"), script ?? "exit 99");
      writeFileSync(summary, "");
      const { status, stdout, stderr } = spawnSync("bash", ["-e", "script"], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: process.env.PATH ?? "", GITHUB_STEP_SUMMARY: summary, ...environment },
      });
      const log = stdout + stderr;
      return { status, log, summary: readFileSync(summary, "utf8"), files: readdirSync(folder).sort() };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test.each([
    ["investigate-approve-act.yml", OPERATIONS],
    ["agent-runner-two-jobs-example.yml", TASKS],
  ])("of %s shows what was approved as it is, and lets it command nothing", (_, text) => {
    expect(run("Show what was approved", text, { FINDINGS: hostile })).toEqual({
      status: 0,
      log: "",
      summary: `## Approved\n\n${hostile}\n`,
      files: ["script", "summary"],
    });
  });

  test.each([
    ["passes", hostile, 0, ""],
    ["passes", "web", 0, ""],
    ["refuses", "", 1, "::error::No resource is named: see docs/investigate-approve-act.md.\n"],
    ["refuses", " \n\t", 1, "::error::No resource is named: see docs/investigate-approve-act.md.\n"],
  ])("%s the resource %j", (_, resource, status, log) => {
    const end = run("See that a resource is named", OPERATIONS, { RESOURCE: resource });
    expect(end).toEqual({ status, log, summary: "", files: ["script", "summary"] });
  });

  test("are all run here", () => {
    const names = [OPERATIONS, TASKS].flatMap((text) =>
      Object.values(readWorkflowFile(text).jobs).flatMap((each) => each.steps.filter(({ run }) => run)),
    );
    expect(new Set(names.map(({ name }) => name))).toEqual(
      new Set(["See that a resource is named", "Show what was approved", "Install the agent"]),
    );
  });
});
