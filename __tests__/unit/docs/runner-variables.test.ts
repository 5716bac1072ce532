import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { renderVariables } from "../../../scripts/render-variables.ts";

test("docs/runner-variables.md is what `npm run docs` makes of the service's variables", () => {
  const page = readFileSync(new URL("../../../docs/runner-variables.md", import.meta.url), "utf8");
  expect(page).toBe(renderVariables());
});
