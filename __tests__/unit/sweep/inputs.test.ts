import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { readAction } from "../../../scripts/render-docs.ts";
import { LIST_INPUTS } from "../../../src/sweep/inputs.ts";

test("the list action takes the inputs of the code, in its order and with its defaults", () => {
  const { inputs } = readAction(readFileSync(new URL("../../../list/action.yml", import.meta.url), "utf8"));
  expect(inputs.map(({ name, fallback }) => [name, fallback])).toEqual(
    Object.entries(LIST_INPUTS).map(([name, { fallback }]) => [name, fallback]),
  );
});
