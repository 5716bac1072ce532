import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { ACTION_RESULT } from "../../../src/investigation/action-result.ts";
import { REPORT } from "../../../src/investigation/report.ts";

interface Schema {
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  required?: string[];
  enum?: unknown[];
  type?: string | string[];
}

function published(name: string): Schema & { examples: unknown[] } {
  return JSON.parse(readFileSync(`docs/schemas/${name}.schema.json`, "utf8"));
}

/** Each key with what it may hold, at every depth. */
function outline(schema: Schema, path = ""): string[] {
  const own = [path, schema.type ?? "", schema.enum ?? "", schema.required?.join() ?? ""].join(" ");
  const keys = Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
    outline(each, `${path}.${name}`),
  );
  return [own, ...keys, ...(schema.anyOf ?? []).flatMap((each, at) => outline(each, `${path}|${at}`))];
}

describe.each([
  ["investigation-report", REPORT],
  ["action-result", ACTION_RESULT],
])("the published schema of %s", (name, shape) => {
  test("names the keys that the code reads, and what each may hold", () => {
    expect(outline(published(name))).toEqual(outline(z.toJSONSchema(shape) as Schema));
  });

  test("has examples that the code reads too", () => {
    for (const example of published(name).examples) expect(shape.safeParse(example).error).toBeUndefined();
  });
});
