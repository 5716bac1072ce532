import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { TaskFailure } from "../../src/failure.ts";
import { parseTask, unfiledTaskBody } from "../../src/parse-task.ts";
import type { ParsedTask } from "../../src/task.ts";
import { aBackendBody, anIssue, BACKEND_TASK_ID, METADATA } from "../builders/issue.ts";

const RUNS = { numRuns: 2000 };
const LONGEST_BODY = 65_536;

/** What bodies are made of, and what breaks them. */
const piece = fc.oneof(
  fc.constantFrom(
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    " ",
    "    ",
    "\t",
    "> ",
    "- ",
    "1. ",
    "`",
    "``",
    "```",
    "~~~~",
    "---",
  ),
  fc.constantFrom(
    "<!--",
    "-->",
    "<!-- agent_task_metadata ",
    METADATA,
    '{"task_id": "',
    '"}',
    "{",
    "[",
    '"',
    "\\",
  ),
  fc.constantFrom(
    "## Instructions\n",
    "# Instruction\n",
    "## Notes\n",
    "### Target Repository\n",
    "Instruction\n---\n",
    "_No response_",
    "Task ID: ",
    "user_id: x\n",
    "**Target:** pr ",
  ),
  fc.constantFrom(
    "Target Repository: a/b\n",
    "`a/b#3`",
    "- **Instruction**: ",
    "\0",
    "\uFEFF",
    "\u2028",
    "\ud800",
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const hostileText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
const taskId = fc.stringMatching(/^[A-Za-z0-9._:-]{1,128}$/);
const repository = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,20}\/[A-Za-z0-9_-]{1,20}$/);
const visibleText = fc.tuple(hostileText, fc.stringMatching(/^[a-z]{1,5}$/)).map((parts) => parts.join(""));

function parse(body: string): ParsedTask {
  return parseTask(anIssue({ body }), { requireMetadata: false });
}

/** The task, or `null` where it was refused as the contract says. */
function tryToParse(body: string): ParsedTask | null {
  try {
    return parse(body);
  } catch (error) {
    if (error instanceof TaskFailure && error.code === "invalid-task" && error.detail !== "") return null;
    throw error;
  }
}

function expectValid(task: ParsedTask): void {
  expect(task.taskId).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
  expect(task.instruction.trim()).not.toBe("");
  if (task.targetRepository !== null) expect(task.targetRepository).toMatch(/^[\w-]+\/[\w.-]+$/);
  if (task.targetPullRequest !== null) expect(task.targetPullRequest).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(task))).toEqual(task);
}

describe("whatever an issue says", () => {
  test("it gives a valid task or is refused", () => {
    const property = fc.property(hostileText, (body) => {
      const task = tryToParse(body);
      if (task !== null) expectValid(task);
    });
    fc.assert(property, RUNS);
  });

  test("a correct body gives a valid task or is refused, mutated anywhere", () => {
    const position = fc.nat(aBackendBody().length);
    const property = fc.property(position, fc.nat(20), hostileText, (start, removed, added) => {
      const body = aBackendBody();
      const task = tryToParse(body.slice(0, start) + added + body.slice(start + removed));
      if (task !== null) expectValid(task);
    });
    fc.assert(property, RUNS);
  });

  test("metadata of any JSON gives a valid task or is refused", () => {
    const field = fc.oneof(fc.jsonValue(), taskId, repository, hostileText);
    const json = fc.dictionary(
      fc.constantFrom("task_id", "user_id", "target_repo", "instruction", "__proto__", "other"),
      field,
    );
    const property = fc.property(json, (metadata) => {
      const task = tryToParse(`<!-- agent_task_metadata ${JSON.stringify(metadata)} -->`);
      if (task !== null) expectValid(task);
    });
    fc.assert(property, RUNS);
  });

  test("its line ends make no difference", () => {
    const text = hostileText.map((body) => body.replace(/\r/g, "\n"));
    const property = fc.property(text, fc.constantFrom("\r\n", "\r"), (body, lineEnd) => {
      expect(tryToParse(body.replaceAll("\n", lineEnd))).toEqual(tryToParse(body));
    });
    fc.assert(property, RUNS);
  });
});

describe("whatever an instruction says", () => {
  test("a backend's body keeps its task and target, or is refused", () => {
    const property = fc.property(hostileText, (instruction) => {
      const task = tryToParse(aBackendBody({ instruction }));
      if (task === null) return;
      expect(task).toMatchObject({
        taskId: BACKEND_TASK_ID,
        userId: "user-123",
        targetRepository: "your-org/your-project",
        targetPullRequest: 42,
      });
    });
    fc.assert(property, RUNS);
  });

  test("a backend's body gives it to the letter where no metadata comment is in it", () => {
    const text = visibleText.filter((instruction) => !instruction.includes("agent_task_metadata"));
    const property = fc.property(text, (instruction) => {
      const lines = instruction.replace(/\r\n?/g, "\n").replace(/^(?:\s*\n)+/, "");
      const expected = lines.trimEnd().toWellFormed().replaceAll("\0", "\uFFFD");
      expect(parse(aBackendBody({ instruction })).instruction).toBe(expected);
    });
    fc.assert(property, RUNS);
  });

  test("a task that came without an issue is read back as it was", () => {
    const task = fc.record({
      taskId,
      userId: fc.option(visibleText),
      title: fc.constant(null),
      targetRepository: fc.option(repository),
      instruction: visibleText,
    });
    const property = fc.property(task, (unfiled) => {
      const text = (value: string) => value.toWellFormed().replaceAll("\0", "\uFFFD");
      expect(parse(unfiledTaskBody(unfiled))).toMatchObject({
        taskId: unfiled.taskId,
        userId: unfiled.userId === null ? null : text(unfiled.userId),
        targetRepository: unfiled.targetRepository,
        instruction: text(unfiled.instruction),
      });
    });
    fc.assert(property, RUNS);
  });
});

describe("65,536 hostile characters", () => {
  const backticks = Array.from({ length: 360 }, (_, length) => "`".repeat(length)).join(" ");
  const families: Array<[name: string, part: string, around?: { before?: string; after?: string }]> = [
    ["comment openers", "<!--"],
    ["comment openers with spaces", "<!-- \n"],
    ["metadata openers in code spans", "`<!-- agent_task_metadata `"],
    ["white space in an opener", " ", { before: "<!--" }],
    ["the same metadata comment", METADATA],
    ["metadata comments behind backticks", `\`${METADATA}`],
    ["runs of backticks", backticks, { after: METADATA }],
    ["open brackets", "[", { before: "<!-- agent_task_metadata " }],
    ["quotation marks", '"', { before: "<!-- agent_task_metadata {" }],
    ["backslashes", "\\", { before: '<!-- agent_task_metadata {"' }],
    ["line ends", "\r"],
    ["fences", "~~~\n"],
    ["quotes", ">"],
    ["list markers", "- "],
    ["list markers on lines", "1.\n"],
    ["headings", "# Instruction\n", { after: METADATA }],
    ["hashes", "#", { before: "## Instruction ", after: "x" }],
    ["spaces in a heading", " ", { before: "##", after: "x" }],
    ["rules", "---\n", { after: METADATA }],
    ["frames", `---\n${METADATA}\n`, { before: "## Instructions\n" }],
    ["frames in an open fence", `---\n${METADATA}\n`, { before: "## Instructions\n```\n" }],
    ["blank lines of a frame", "\n", { before: "# Instruction\nx\n---\n", after: METADATA }],
    ["dashes of a rule", "-", { after: `x\n${METADATA}` }],
    ["underlined headings", "Instruction\n=\n", { after: METADATA }],
    ["headings that name fields", "# User ID\n## User ID\n### User ID\nx\n"],
    ["headings inside of an instruction", "## Task ID\n", { before: "# Instruction\n" }],
    ["instruction items", "- Instruction: x\n", { after: METADATA }],
    ["blank lines after an item", "\n", { before: "Instruction: x", after: "x" }],
    ["fields", "Task ID: a\n"],
    ["spaces before a field", " ", { after: "Task ID: a" }],
    ["backticks of a target", "`", { before: `${METADATA}\nTarget: ` }],
  ];

  // The contract's 100 ms would depend on the machine; what is quadratic takes many seconds on any.
  test.each(families)("of %s are read in linear time", (_name, part, around = {}) => {
    const { before = "", after = "" } = around;
    const length = LONGEST_BODY - before.length - after.length;
    const body = before + part.repeat(Math.ceil(length / part.length)).slice(0, length) + after;
    expect(body).toHaveLength(LONGEST_BODY);
    const start = process.cpuUsage();
    const task = tryToParse(body);
    const { user } = process.cpuUsage(start);
    if (task !== null) expectValid(task);
    expect(user / 1000).toBeLessThan(1000);
  });
});
