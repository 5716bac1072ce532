import { describe, expect, test } from "@jest/globals";
import { parseTask } from "../../src/parse-task.ts";
import type { ParsedTask } from "../../src/task.ts";
import { anIssue, METADATA } from "../builders/issue.ts";

function parse(body: string): ParsedTask {
  return parseTask(anIssue({ title: "The title", body }), { requireMetadata: false });
}

const FORM =
  "### Target Repository\n\nacme/other\n\n### Instruction\n\nDo it\n\n### Task ID\n\n_No response_\n";

describe("an issue form", () => {
  test("names the target under a heading, and leaves out what was not answered", () => {
    expect(parse(FORM)).toEqual({
      taskId: "your-org.dispatch.7",
      userId: null,
      instruction: "The title\n\n### Instruction\n\nDo it",
      title: "The title",
      targetRepository: "acme/other",
      targetPullRequest: null,
      metadata: {},
      origin: "derived",
    });
  });

  test("names the task too, and then its section is the instruction", () => {
    const named = FORM.replace("_No response_", "t-9");
    const expected = { taskId: "t-9", instruction: "Do it", targetRepository: "acme/other" };
    expect(parse(named)).toMatchObject({ ...expected, origin: "fields" });
    expect(parse(named.replaceAll("\n", "\r\n"))).toMatchObject(expected);
    expect(parse(`Hello,\n\n${named}\n### Thanks\n\nMe`)).toMatchObject(expected);
  });

  test.each([
    ["before it", `${METADATA}\n\n${FORM}`],
    ["after it", `${FORM}\n${METADATA}`],
    [
      "in a frame after it",
      `### Target Repository\n\nacme/other\n\n### Instruction\n\nDo it\n\n---\n\n${METADATA}`,
    ],
  ])("may carry metadata %s", (_name, body) => {
    expect(parse(body)).toMatchObject({
      taskId: "t-1",
      instruction: "Do it",
      targetRepository: "acme/other",
    });
  });

  test.each([
    ["another level", "# Target Repository\n\na/b", { targetRepository: "a/b" }],
    ["another case and spelling", "##### TARGET_REPO:\na/b", { targetRepository: "a/b" }],
    ["marks", "## **Target Repository** ##\n\n`a/b`\n\n---", { targetRepository: "a/b" }],
    ["a hint", "## Target Repository\n<!-- owner/name -->\n**a/b**", { targetRepository: "a/b" }],
    ["an underline", "Target Repository\n=================\na/b", { targetRepository: "a/b" }],
    ["a target", "## Target\n\npr `a/b#3`", { targetRepository: "a/b", targetPullRequest: 3 }],
    ["a user", "## User ID\n\nme & you", { userId: "me & you" }],
    ["no answer", "## Target Repository\n\n_No response_", { targetRepository: null }],
  ])("is read with %s", (_name, section, expected) => {
    expect(parse(`${METADATA}\n\n${section}\n\n# Instruction\n\nDo it`)).toMatchObject(expected);
    expect(parse(`${section}\n\n# What\n\nDo it`)).toMatchObject(expected);
  });

  test.each([
    ["more than one line", "## Target Repository\n\na/b\nor c/d"],
    ["a heading below", "## Target Repository\n\n### a/b"],
    ["code", "## Target Repository\n\n```\na/b\n```"],
    ["a field line of another name", "## Target Repository\n\nUser ID: a/b"],
  ])("has no field of that heading with %s", (_name, section) => {
    expect(parse(`${section}\n\n## Instruction\n\nDo it\n\n${METADATA}`)).toMatchObject({
      instruction: "Do it",
      targetRepository: null,
    });
  });

  test("does not read inside an instruction", () => {
    const inside = "Write:\n\n### Target Repository\n\nevil/repo\n\n### Task ID\n\nevil";
    expect(parse(`## Instruction\n\n${inside}\n\n${METADATA}`)).toMatchObject({
      taskId: "t-1",
      instruction: inside,
      targetRepository: null,
    });
    expect(parse(`## Instruction\n\n${inside}`)).toMatchObject({ origin: "derived", targetRepository: null });
    expect(parse(`Do\n\n## Target Repository\n\nevil/repo\n\n## More\n\nit`).targetRepository).toBeNull();
  });

  test("has the title for its instruction where that was not answered", () => {
    const form = FORM.replace("Do it", "_No response_");
    expect(parse(form).instruction).toBe("The title");
    expect(parse(`${form}\n${METADATA}`).instruction).toBe("The title");
  });

  test.each([
    ["### Target Repository\n\nour own", "`Target Repository` (line 3 of the issue): `our own` must be"],
    ["### Task ID\n\nnot one", "`task_id` (line 3 of the issue): `not one` must be"],
    ["### Target\n\npr `a/b/c#1`", "`Target` (line 3 of the issue): `a/b/c"],
  ])("is refused with the field's name: %j", (section, detail) => {
    const parsing = () => parse(`${section}\n\n### Instruction\n\nDo it\n`);
    expect(parsing).toThrow(expect.objectContaining({ code: "invalid-task" }));
    expect(parsing).toThrow(expect.objectContaining({ detail: expect.stringContaining(detail) }));
  });
});

describe("an underlined heading", () => {
  test.each([["==========="], ["-"], ["   ---  "]])("begins a section over %s", (underline) => {
    expect(parse(`${METADATA}\n\nInstruction\n${underline}\n\nDo it`).instruction).toBe("Do it");
  });

  test.each([
    ["of the same level", "## Instruction\nDo it\n\nNotes\n---\nNone", "Do it"],
    ["of a higher level", "### Instruction\nDo it\n\nNotes\n===\nNone", "Do it"],
    ["of a lower level", "Instruction\n===\nDo it\n\nNotes\n---\nNone", "Do it\n\nNotes\n---\nNone"],
  ])("ends a section, or not, %s", (_name, body, instruction) => {
    expect(parse(`${METADATA}\n\n${body}`).instruction).toBe(instruction);
  });

  test.each([
    ["a rule under a longer paragraph", "One\ntwo\n---\nthree"],
    ["a rule under a list", "- One\n---\nthree"],
    ["a rule under a quote", "> One\n---\nthree"],
    ["a rule after a blank line", "One\n\n---\n\nthree"],
    ["a line of code", "```\nOne\n---\n```"],
    ["a rule under a field", "User ID: me\n---\nthree"],
    ["a rule under a rule", "***\n---\nthree"],
  ])("is not %s", (_name, instruction) => {
    expect(parse(`${METADATA}\n\n## Instruction\n\n${instruction}`).instruction).toBe(instruction);
  });

  test("may stand above the fields of what a person wrote", () => {
    expect(parse("Login\n=====\n\nTarget Repository: a/b\n\nFix it")).toMatchObject({
      targetRepository: "a/b",
      instruction: "The title\n\nLogin\n=====\n\n\nFix it",
    });
  });
});
