import { describe, expect, test } from "@jest/globals";
import { parseTask } from "../../src/parse-task.ts";
import type { Issue, ParsedTask } from "../../src/task.ts";
import { anIssue, METADATA } from "../builders/issue.ts";

function parse(body: string, change: Partial<Issue> = {}): ParsedTask {
  return parseTask(anIssue({ title: "The title", ...change, body }), { requireMetadata: false });
}

describe("body E, written by a person", () => {
  test("gives title and body, a derived task id and no target", () => {
    expect(parse("The login is broken.\n\n## Steps\n\n1. Log in\n")).toEqual({
      taskId: "your-org.dispatch.7",
      userId: null,
      instruction: "The title\n\nThe login is broken.\n\n## Steps\n\n1. Log in",
      title: "The title",
      targetRepository: null,
      targetPullRequest: null,
      metadata: {},
      origin: "derived",
    });
  });

  test("gives the title alone where the body is empty or null", () => {
    const issue = { ...anIssue({ title: "The title" }), body: null };
    expect(parseTask(issue, { requireMetadata: false }).instruction).toBe("The title");
    expect(parse(" \r\n").instruction).toBe("The title");
  });

  test("shortens an id that would be too long, differently for each repository", () => {
    const ids = ["a", "b"].map((end) => {
      return parse("", { repository: `${"o".repeat(39)}/${"r".repeat(99)}${end}`, number: 12 }).taskId;
    });
    expect(ids.map((id) => id.length)).toEqual([128, 128]);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[0]).toMatch(/\.12$/);
  });

  test("reads fields at the body's start and end, and nothing in between", () => {
    const body =
      "# Login\n\nTarget Repository: a/b\n\nOn the page\n\nTask ID: is broken\n\nUser ID: shows nobody.\nFix it\n\nuser_id: me\n";
    expect(parse(body)).toMatchObject({
      taskId: "your-org.dispatch.7",
      userId: "me",
      targetRepository: "a/b",
      instruction:
        "The title\n\n# Login\n\n\nOn the page\n\nTask ID: is broken\n\nUser ID: shows nobody.\nFix it",
    });
  });

  test("reads no field around a section that has no task id", () => {
    const body = "Hello,\n\nTarget Repository: a/b\n\n## Instruction\n\nDo it\n\nThe end";
    expect(parse(body)).toMatchObject({ targetRepository: null, instruction: `The title\n\n${body}` });
  });

  test("takes what merely looks like a target for prose", () => {
    expect(parse("Target: src/login\n\nFix it")).toMatchObject({
      targetRepository: null,
      instruction: "The title\n\nTarget: src/login\n\nFix it",
    });
  });

  test.each([
    ["a fence", `\`\`\`html\n${METADATA}\n\`\`\``],
    ["a longer fence", `\`\`\`\`\n\`\`\`\n${METADATA}\n\`\`\`\``],
    ["a fence of tildes with an info string", `~~~ md \`x\`\n\`\`\`\n${METADATA}\n~~~`],
    ["an indented fence", `   \`\`\`\n   ${METADATA}\n   \`\`\``],
    ["a fence in a list", `- Write:\n\n  \`\`\`\n  ${METADATA}\n  \`\`\``],
    ["a fence in a nested list", `1. - \`\`\`\n     ${METADATA}\n     \`\`\``],
    ["a fence in a quote", `> \`\`\`\n> ${METADATA}\n> \`\`\``],
    ["a fence that is never closed", `\`\`\`\n${METADATA}\n\n---\n\n${METADATA}`],
    ["a fence that only an indented one follows", `\`\`\`\n    \`\`\`\n${METADATA}\n\`\`\``],
    ["indented code", `Write:\n\n    ${METADATA}`],
    ["a code span", `Write \`\` \` ${METADATA} \`\` into the body`],
  ])("takes a metadata comment in %s for text", (_name, body) => {
    expect(parse(body)).toMatchObject({
      origin: "derived",
      metadata: {},
      instruction: `The title\n\n${body}`,
    });
  });

  test.each([
    ["after the fence is closed", `\`\`\`\nx\n\`\`\`\n${METADATA}`],
    ["after a fence that its list item ended", `- \`\`\`\n  x\n\n${METADATA}`],
    ["after a fence that its quote ended", `> \`\`\`\n> x\n${METADATA}`],
    ["after what is no fence", `\`\`\`x\`\`\`\n\`\`\n${METADATA}`],
    ["indented as a paragraph's continuation", `Text\n    ${METADATA}`],
    ["indented as a list item's content", `1. Text\n\n    ${METADATA}`],
    ["after a lone backtick of an earlier line", `A \` tick\n${METADATA}`],
    ["after a list item's indented code", `-      \`\`\`\n\n  ${METADATA}`],
    ["after another comment", `<!-- note --> ${METADATA}`],
  ])("reads a metadata comment %s", (_name, body) => {
    expect(parse(body)).toMatchObject({ origin: "metadata", taskId: "t-1" });
  });

  test("is refused where metadata is required, fields or not", () => {
    for (const body of ["Fix it", "task_id: t-1\n\nFix it"]) {
      const issue = anIssue({ body });
      expect(() => parseTask(issue, { requireMetadata: true })).toThrow("agent_task_metadata");
    }
    expect(parseTask(anIssue({ body: METADATA }), { requireMetadata: true }).taskId).toBe("t-1");
  });
});
