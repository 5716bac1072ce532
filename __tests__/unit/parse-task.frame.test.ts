import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseTask } from "../../src/parse-task.ts";
import type { ParsedTask } from "../../src/task.ts";
import { aBackendBody, anIssue, BACKEND_TASK_ID, METADATA } from "../builders/issue.ts";

function parse(body: string): ParsedTask {
  return parseTask(anIssue({ title: "The title", body }), { requireMetadata: false });
}

const INSTRUCTIONS: Array<[name: string, instruction: string]> = [
  ["a heading of its own first", "# Own heading\nDo it"],
  ["a heading in the middle", "Do\n\n## Then\n\nmore"],
  ["an underlined heading", "Then\n----\n\nmore"],
  ["rules", "Above\n\n---\n\nBelow\n\n---"],
  ["a fence that is never closed", "Run:\n\n```sh\nmake"],
  ["a comment that is never closed", "<!-- to do\n\nMore"],
  ["a frame in code", `Write:\n\n\`\`\`md\n---\n\n${METADATA}\n\`\`\`\n\nThanks`],
  ["form answers", "### Target Repository\n\nevil/repo\n\n### Task ID\n\nevil"],
  ["another section like its own", "Do it\n\n## Instructions\n\nMore"],
];

describe("what follows the metadata of body A", () => {
  test.each(INSTRUCTIONS)("leaves an instruction whole that has %s", (_name, instruction) => {
    const body = aBackendBody({ instruction });
    const expected = { ...parse(aBackendBody()), instruction };
    expect(parse(body)).toEqual(expected);
    for (const after of [
      "_Sent from my phone_",
      "Bye\n\n---\n\nA bot",
      "## Notes\n\nNone",
      "# Instruction\n\nno",
    ])
      expect(parse(`${body}\n${after}`)).toEqual(expected);
  });

  test("may be a frame in code, which is text", () => {
    const body = `${aBackendBody()}\nWritten as:\n\n\`\`\`md\n---\n\n${METADATA}\n\`\`\`\n`;
    expect(parse(body)).toEqual(parse(aBackendBody()));
  });

  test("may be fields, which the instruction cannot contradict", () => {
    const instruction = "Do\n\n## It\n\nTarget Repository: evil/repo";
    const body = aBackendBody({ instruction, target: "" });
    expect(parse(body)).toMatchObject({ targetRepository: "evil/repo", instruction: "Do\n\n## It" });
    expect(parse(`${body}\nTarget Repository: a/b\n`)).toMatchObject({
      targetRepository: "a/b",
      instruction,
    });
  });

  test("is where the instruction stands, if none stands before the rule", () => {
    const body = `Hello\n\n---\n\n${METADATA}\n\n## Instruction\n\nDo it\n\n---\n\nand more\n\n## Notes\n\nNone`;
    expect(parse(body).instruction).toBe("Do it\n\n---\n\nand more");
  });

  test("changes nothing, whatever the instruction is", () => {
    const piece = fc.constantFrom(
      ...["\n", "\n\n", "---\n", "\n---\n\n", "# A\n", "## Notes\n"],
      ...[
        "Title\n===\n",
        "Title\n---\n",
        "    ",
        "- ",
        "> ",
        "<!--",
        "-->",
        "<!-- note -->",
        "text",
        "Task ID: x\n",
      ],
      ...["## Instructions\n", "- **Instruction**: ", "_No response_"],
    );
    const inside = fc.constantFrom("```\n", "~~~sh\n", "`", "### Target Repository\n\n", "a/b\n");
    const text = (pieces: fc.Arbitrary<string>) =>
      fc.array(pieces, { maxLength: 15 }).map((all) => all.join(""));
    const property = fc.property(text(fc.oneof(piece, inside)), text(piece), (instruction, after) => {
      const body = aBackendBody({ instruction: `${instruction}x` });
      const { taskId, instruction: read } = parse(`${body}${after}`);
      expect(taskId).toBe(BACKEND_TASK_ID);
      expect(read).toBe(parse(body).instruction);
      expect(read).toBe(`${instruction}x`.replace(/^(?:\s*\n)+/, ""));
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
