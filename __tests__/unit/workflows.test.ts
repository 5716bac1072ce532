import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import {
  actionErrors,
  actionlintFindings,
  HAS_SHELLCHECK,
  shellcheckFindings,
  workflowErrors,
} from "./workflow-linters.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = ".github/workflows/";
/** Each example, and the events that it has with all of them uncommented. */
const EXAMPLES: [string, string[]][] = [
  ["agent-runner-example.yml", ["workflow_dispatch", "issues", "issue_comment", "repository_dispatch"]],
  ["agent-runner-sweep-example.yml", ["workflow_dispatch", "schedule"]],
  ["agent-runner-two-jobs-example.yml", ["workflow_dispatch", "issues", "issue_comment"]],
];
const ACTIONS = ["", "investigate/", "act/", "summarize/", "isolation-selftest/", "list/"].map(
  (folder) => `${folder}action.yml`,
);
/** A script that is the caller's of a reusable workflow, whole, or else this one; nothing is put into a text. */
const FROM_CALLER = /^\$\{\{ inputs\.\w+_command \|\| '([^'{}]+)' \}\}$/;
const PAGES = ["README.md", ...listFolder("docs/").filter((path) => path.endsWith(".md"))];
const FILES = listFolder(FOLDER).map((path) => ({ where: path, text: readFile(path) }));
const SNIPPETS = PAGES.flatMap(workflowsOnPage);
const WORKFLOWS = [...FILES, ...SNIPPETS];

const step = z.object({
  run: z.string().optional(),
  uses: z.string().optional(),
  with: z.object({ command: z.string() }).partial().optional(),
});
const workflowShape = z.object({
  on: z.unknown(),
  permissions: z.unknown(),
  jobs: z.record(z.string(), z.object({ steps: z.array(step).default([]) })),
});

function readFile(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

function listFolder(folder: string): string[] {
  const entries = readdirSync(new URL(folder, ROOT), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => folder + name);
}

/** The fenced blocks of a page that are whole workflows. */
function workflowsOnPage(path: string): { where: string; text: string }[] {
  const blocks = [...readFile(path).matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)];
  return blocks
    .map(([, text = ""], index) => ({ where: `${path}, YAML block ${index + 1}`, text }))
    .filter(({ text }) => /^jobs:/m.test(text));
}

/** Every shell script of a workflow: its `run` steps, and what it gives to agent-runner as `command`. */
function scriptsOf(workflow: string): string[] {
  const steps = Object.values(workflowShape.parse(parse(workflow)).jobs).flatMap((job) => job.steps);
  return steps
    .flatMap(({ run, with: inputs }) => [run, inputs?.command])
    .filter((script) => script !== undefined)
    .map((script) => script.replace(FROM_CALLER, "$1"));
}

/** The columns `install` and `command` of the README's table of agents. */
function agentScripts(): { agent: string; script: string }[] {
  const table = readFile("README.md")
    .split(/^## /m)
    .find((chapter) => chapter.startsWith("Agents\n"));
  const rows = [...(table ?? "").matchAll(/^\| ([^|]+) \| `(.+?)` \| `(.+?)` \| .* \|$/gm)];
  return rows.map(([, agent = "", install = "", command = ""]) => ({
    agent,
    script: `${install}\n${command}\n`,
  }));
}

describe("the linters", () => {
  const injection = `on: issues
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: echo \${{ github.event.issue.title }}
`;

  test("see a script injection, an unknown key and an unquoted variable", async () => {
    expect(await actionlintFindings(injection)).toEqual([expect.stringContaining("untrusted")]);
    expect(await workflowErrors("on: push\njob: {}\n")).not.toEqual([]);
    expect(actionErrors("name: a\nruns:\n  using: node24\n")).not.toEqual([]);
  });
});

test("the pages hold workflows to copy", () => {
  expect(SNIPPETS.map(({ where }) => where)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("README.md"),
      expect.stringContaining("docs/agent-runner-setup.md"),
    ]),
  );
});

describe.each(WORKFLOWS)("$where", ({ text }) => {
  test("passes actionlint", async () => {
    expect(await actionlintFindings(text)).toEqual([]);
  });

  test("is a workflow to GitHub's parser", async () => {
    expect(await workflowErrors(text)).toEqual([]);
  });

  test("puts no expression into a script", () => {
    expect(scriptsOf(text).filter((script) => script.includes("${{"))).toEqual([]);
  });

  (HAS_SHELLCHECK ? test : test.skip)("has scripts that pass shellcheck", () => {
    expect(scriptsOf(text).map(shellcheckFindings).join("")).toBe("");
  });
});

test.each(ACTIONS)("%s is an action to GitHub's parser", (path) => {
  expect(actionErrors(readFile(path))).toEqual([]);
});

describe.each(FILES)("$where, which runs here,", ({ text }) => {
  test("gives no job a permission that it does not name", () => {
    expect(workflowShape.parse(parse(text)).permissions).toEqual({});
  });

  test("pins every action of others to a commit, with its version", () => {
    const used = [...text.matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, action = ""]) => action);
    const others = used.filter((action) => !/^(?:\.\/|org\/agent-runner(?:\/[a-z-]+)?@v1$)/.test(action));
    expect(others.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
      [],
    );
  });
});

describe.each(EXAMPLES)("the example %s", (name, events) => {
  const text = readFile(FOLDER + name);
  // What a person does who turns the other events on.
  const allOn = text.replace(/^ {2}# ( *(?:- )?[a-z_]+:.*)$/gm, "  $1");

  test("runs by hand only", () => {
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(parse(text).on))).toEqual([
      "workflow_dispatch",
    ]);
  });

  test("is a workflow with the other events uncommented, too", async () => {
    expect(Object.keys(parse(allOn).on)).toEqual(events);
    expect(await actionlintFindings(allOn)).toEqual([]);
    expect(await workflowErrors(allOn)).toEqual([]);
  });
});

describe("shellcheck", () => {
  (HAS_SHELLCHECK ? test : test.skip)("finds nothing in .ci/run", () => {
    expect(shellcheckFindings(readFile(".ci/run"))).toBe("");
  });

  (HAS_SHELLCHECK ? test : test.skip)("finds nothing in the README's commands for agents", () => {
    const scripts = agentScripts();
    expect(scripts.length).toBeGreaterThan(4);
    expect(scripts.map(({ script }) => shellcheckFindings(script)).join("")).toBe("");
  });

  test("is not needed to see that every agent reads its instruction from the file", () => {
    expect(agentScripts().filter(({ script }) => !script.includes('"$AGENT_INSTRUCTION_FILE"'))).toEqual([]);
  });
});
