import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { LIST_INPUTS } from "../../../src/sweep/inputs.ts";

function readFile(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
}

const action = z
  .object({
    inputs: z.record(z.string(), z.object({ default: z.string() })),
    outputs: z.record(z.string(), z.object({ description: z.string() })),
  })
  .parse(parse(readFile("list/action.yml")));
const [inputTable = "", outputTable = ""] =
  readFile("docs/sweep.md").match(/^\| (?:in|out)put \|[\s\S]*?\n\n/gm) ?? [];

describe("the list action", () => {
  test("takes the inputs of the code, in its order and with its defaults", () => {
    const declared = Object.entries(action.inputs).map(([name, input]) => [name, input.default]);
    expect(declared).toEqual(Object.entries(LIST_INPUTS).map(([name, { fallback }]) => [name, fallback]));
  });

  test("is documented with these inputs, defaults and outputs", () => {
    const rows = [...inputTable.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)];
    expect(rows.map(([, name, shown]) => [name, shown])).toEqual(
      Object.entries(LIST_INPUTS).map(([name, { fallback }]) => [name, fallback ? `\`${fallback}\`` : "–"]),
    );
    const outputs = [...outputTable.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(outputs).toEqual(Object.keys(action.outputs));
  });
});
