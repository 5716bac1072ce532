import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { LISTED_VARIABLES } from "../../../src/adapters/steps/environment.ts";
import { TaskFailure } from "../../../src/failure.ts";
import { parseTask } from "../../../src/parse-task.ts";
import { resultFileOf, trailFieldsOf } from "../../../src/report/outputs.ts";
import { parseStepResult, stepFiles } from "../../../src/step-files.ts";
import { FAILURE_CODES, type ParsedTask } from "../../../src/task.ts";
import { aBackendBody, anIssue } from "../../builders/issue.ts";
import { aReport, aTask } from "../../builders/task.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
const PAGE = readFileSync(new URL("correlation.md", DOCS), "utf8");
const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);

function readSchema(name: string): { examples: unknown[]; properties: Record<string, { enum?: unknown[] }> } {
  return JSON.parse(readFileSync(new URL(`schemas/${name}.schema.json`, DOCS), "utf8"));
}

function compile(name: string): ValidateFunction {
  return ajv.getSchema(`urn:agent-runner:1:${name}`) ?? ajv.compile(readSchema(name));
}

/** The fenced blocks of one chapter of the page, as a reader would copy them. */
function exampleOf(heading: string): string {
  const chapter = PAGE.slice(PAGE.indexOf(`\n${heading}`));
  return /\n(`{3,})\w+\n([\s\S]*?\n)\1\n/.exec(chapter)?.[2] ?? "";
}

function parse(body: string): ParsedTask {
  return parseTask(anIssue({ title: "The title", body }), { requireMetadata: true });
}

function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof TaskFailure) return false;
    throw error;
  }
}

/** What the page says in code within a line. */
const NAMED = new Set(PAGE.match(/`[^`\n]+`/g));

describe("the page", () => {
  test("names every variable that a step gets", () => {
    const { files, environment, resultVariable } = stepFiles(aTask());
    const told = [...Object.keys(files), ...Object.keys(environment), resultVariable];
    expect([...told, ...LISTED_VARIABLES].filter((name) => !NAMED.has(`\`${name}\``))).toEqual([]);
  });

  test("names every key of the result file", () => {
    const keys = Object.keys({ ...resultFileOf(aReport()), ...trailFieldsOf(null) });
    const ofComment = Object.keys(readSchema("task-result").properties);
    expect(keys.filter((key) => !ofComment.includes(key) && !NAMED.has(`\`${key}\``))).toEqual([]);
  });

  test("shows the body that the backend writes", () => {
    expect(exampleOf("### A.")).toBe(aBackendBody());
  });

  test.each([
    ["### A.", "your-org/your-project", "Add authentication middleware to the API"],
    ["### B.", "owner/repo", "Add a README"],
    ["### C.", "owner/repo", "Add a README"],
    ["### D.", "owner/repo", "Add a README"],
  ])("shows under %s a body that parses", (heading, targetRepository, instruction) => {
    const task = parse(exampleOf(heading));
    expect(task).toMatchObject({ targetRepository, instruction });
    expect(compile("task-metadata")(task.metadata)).toBe(true);
  });

  test("shows a result and a result file that fit their schemas", () => {
    const result = /agent_task_result (\{.*\}) -->/.exec(PAGE)?.[1] ?? "";
    expect(compile("task-result")(JSON.parse(result))).toBe(true);
    expect(compile("agent-result-file")(JSON.parse(exampleOf("## 4.")))).toBe(true);
  });
});

describe("the schemas", () => {
  test.each(readdirSync(new URL("schemas/", DOCS)))("%s accepts its own examples", (file) => {
    const name = file.replace(".schema.json", "");
    const { examples } = readSchema(name);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples)
      expect([compile(name)(example), compile(name).errors]).toEqual([true, null]);
  });

  test("of a metadata comment accepts what the parser accepts, and nothing else", () => {
    const value = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom("a/b", "t-1", "a/..", null),
      fc.jsonValue(),
    );
    const keys = fc.constantFrom("task_id", "user_id", "target_repo", "instruction", "other");
    const property = fc.property(fc.dictionary(keys, value, { noNullPrototype: true }), (json) => {
      const body = `Task ID: t\n\n<!-- agent_task_metadata ${JSON.stringify(json)} -->`;
      expect(accepts(() => parse(body))).toBe(compile("task-metadata")(json));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test("of a result file accepts what the reader accepts, and nothing else", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(null, "changed", "no_change", "failed", 7, -1, {}));
    const keys = fc.constantFrom("status", "title", "summary", "commit_message", "question", "other");
    const usage = fc.dictionary(fc.constantFrom("model", "input_tokens", "cost_usd", "turns"), text, {
      noNullPrototype: true,
    });
    const json = fc.tuple(fc.dictionary(keys, text, { noNullPrototype: true }), fc.option(usage));
    const property = fc.property(json, ([fields, used]) => {
      const result = { ...fields, usage: used };
      expect(accepts(() => parseStepResult(JSON.stringify(result)))).toBe(
        compile("agent-result-file")(result),
      );
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test("of a task file accepts what a step gets", () => {
    const task = {
      ...parse(aBackendBody()),
      issue: {
        repository: "your-org/dispatch",
        number: 7,
        url: "https://github.com/your-org/dispatch/issues/7",
      },
      target: { repository: "a/b", cloneUrl: "https://github.com/a/b.git", base: "main", pullRequest: 42 },
      branch: "agent-task-7-00000000",
      attempt: 1,
    };
    const file = JSON.parse(String(stepFiles(task).files.AGENT_TASK_FILE));
    expect([compile("agent-task-file")(file), compile("agent-task-file").errors]).toEqual([true, null]);
  });

  test("of a result names every failure code", () => {
    expect(readSchema("task-result").properties.failure_code?.enum).toEqual([...FAILURE_CODES, null]);
  });
});
