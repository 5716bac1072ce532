import { isMap, isScalar, parseDocument } from "yaml";
import { z } from "zod";
import type { FailureRow } from "../src/failure.ts";
import { table } from "../src/report/markdown.ts";

/** An input as `action.yml` declares it, under the comment that heads its group. */
export interface DeclaredInput {
  group: string;
  name: string;
  description: string;
  /** As the runner passes it on where the workflow gives nothing. */
  fallback: string;
}

export interface DeclaredOutput {
  name: string;
  description: string;
}

const described = z.object({ description: z.string().min(1) });
const actionShape = z.object({
  inputs: z.record(z.string(), described.extend({ default: z.string() })),
  outputs: z.record(z.string(), described),
});

/** Reads the text of `action.yml`. Throws where an input lacks a description, a default or a group. */
export function readAction(yaml: string): { inputs: DeclaredInput[]; outputs: DeclaredOutput[] } {
  const { inputs, outputs } = actionShape.parse(parseDocument(yaml).toJS());
  const groups = readGroups(yaml);
  return {
    inputs: Object.entries(inputs).map(([name, input]) => {
      const group = groups.get(name);
      if (group === undefined) throw new Error(`No comment in action.yml heads the input ${name}.`);
      return { group, name, description: input.description, fallback: input.default };
    }),
    outputs: Object.entries(outputs).map(([name, { description }]) => ({ name, description })),
  };
}

/** Input → the newest comment above it. */
function readGroups(yaml: string): Map<string, string> {
  const inputs = parseDocument(yaml).get("inputs");
  const groups = new Map<string, string>();
  if (!isMap(inputs)) return groups;
  let group = inputs.commentBefore?.trim();
  for (const { key } of inputs.items) {
    if (!isScalar(key)) continue;
    group = key.commentBefore?.trim() ?? group;
    if (group !== undefined) groups.set(String(key.value), group);
  }
  return groups;
}

/** The two halves of the action, for two jobs with an approval between: the folders of their `action.yml`. */
const HALVES = ["investigate", "act"];

/** The actions beside it: the folder of each one's `action.yml`, and the page that shows its use. */
const HELPERS = {
  list: "sweep.md",
  summarize: "investigate-approve-act.md",
  "isolation-selftest": "isolation.md",
};

/** `docs/configuration.md`; `read` gives the text of the `action.yml` in a folder, whose name is empty or ends in `/`. */
export function renderConfiguration(read: (folder: string) => string): string {
  const action = readAction(read(""));
  const { inputs, outputs } = action;
  return [
    "# Configuration",
    generatedFrom("action.yml"),
    "Every input is optional, but for `results` of the action `summarize`. An empty value means the default, and a value that does not fit fails the run at once: the " +
      "error names the input, the value and what would fit. Lists are separated by commas or new lines. Flags are `true` or `false`.",
    "## Inputs",
    ...renderGroups(inputs),
    "## Outputs",
    "All of them are empty where there is nothing to tell. Of the outcomes only `failed` and `cancelled` fail the step.",
    renderOutputs(outputs),
    ...HALVES.flatMap((half) => renderHalf(half, readAction(read(`${half}/`)), action)),
    ...Object.entries(HELPERS).flatMap(([name, page]) =>
      renderHelper(name, page, readAction(read(`${name}/`))),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

/** What a half has of its own, and which of the main action's inputs it takes as well. */
function renderHalf(
  half: string,
  { inputs, outputs }: ReturnType<typeof readAction>,
  main: ReturnType<typeof readAction>,
): string[] {
  const isShared = ({ name, description, fallback }: DeclaredInput) =>
    main.inputs.some(
      (input) => input.name === name && input.description === description && input.fallback === fallback,
    );
  const shared = inputs.filter(isShared).map(({ name }) => code(name));
  return [
    `## The action \`${half}\``,
    `One of the two halves for [investigate → approve → act](investigate-approve-act.md): \`uses: org/agent-runner/${half}@v1\`. ` +
      `Of the inputs above it takes, with the same meaning and defaults: ${shared.join(", ")}. It has these besides:`,
    ...renderInputs(inputs.filter((input) => !isShared(input))),
    `### Outputs of \`${half}\``,
    renderOutputs(outputs),
  ];
}

function renderHelper(
  name: string,
  page: string,
  { inputs, outputs }: ReturnType<typeof readAction>,
): string[] {
  return [
    `## The action \`${name}\``,
    `\`uses: org/agent-runner/${name}@v1\`; [${page}](${page}) shows where.`,
    ...renderInputs(inputs),
    `### Outputs of \`${name}\``,
    renderOutputs(outputs),
  ];
}

function renderGroups(inputs: DeclaredInput[]): string[] {
  const groups = [...new Set(inputs.map(({ group }) => group))];
  return groups.flatMap((group) => [
    `### ${group}`,
    ...renderInputs(inputs.filter((input) => input.group === group)),
  ]);
}

function renderOutputs(outputs: DeclaredOutput[]): string {
  return table(
    ["output", "what it holds"],
    outputs.map(({ name, description }) => [code(name), linkPages(description)]),
  );
}

function renderInputs(inputs: DeclaredInput[]): string[] {
  const isLong = ({ fallback }: DeclaredInput) => fallback.includes("\n");
  const rows = inputs.map((input) => [
    code(input.name),
    linkPages(input.description),
    isLong(input) ? "see below" : input.fallback === "" ? "–" : code(input.fallback),
  ]);
  const long = inputs.filter(isLong);
  return [
    table(["input", "what it does", "default"], rows),
    ...long.map(({ name, fallback }) => `The default of ${code(name)}:\n\n\`\`\`text\n${fallback}\n\`\`\``),
  ];
}

/** `docs/failures.md`, from the table of failures. */
export function renderFailures(failures: Record<string, FailureRow>): string {
  const rows = Object.entries(failures).map(([name, { title, remedy, retryable }]) => [
    code(name),
    title,
    linkPages(remedy),
    retryable ? "yes" : "no",
  ]);
  return [
    "# Failures",
    generatedFrom("src/failure.ts"),
    "A task that fails says so on its issue: in which step, what happened, and what to do. The code stands in the result comment, in " +
      "the output `failure-code` and in the `agent_task_result` marker; codes are stable. *Retryable* means that the same task may " +
      "succeed later with nothing changed. A task that was `denied` carries the code `not-permitted`, and fails no job.",
    table(["code", "what happened", "what to do", "retryable"], rows),
  ]
    .join("\n\n")
    .concat("\n");
}

function generatedFrom(source: string): string {
  return `<!-- Generated from ${source} by \`npm run docs\`: change that, not this. -->`;
}

/** The texts name pages as seen from the repository's root; from docs/ they are neighbours. */
function linkPages(text: string): string {
  return text.replace(/`?docs\/((?:schemas\/)?([\w.-]+\.(?:md|json)))`?/g, "[$2]($1)");
}

function code(text: string): string {
  return `\`${text}\``;
}
