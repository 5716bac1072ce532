// Writes the pages of docs/ that are generated: `npm run docs`.
import { readFileSync, writeFileSync } from "node:fs";
import { FAILURES } from "../src/failure.ts";
import { renderConfiguration, renderFailures } from "./render-docs.ts";
import { renderVariables } from "./render-variables.ts";

const root = new URL("../", import.meta.url);

const readAction = (folder: string) => readFileSync(new URL(`${folder}action.yml`, root), "utf8");

writeFileSync(new URL("docs/configuration.md", root), renderConfiguration(readAction));
writeFileSync(new URL("docs/failures.md", root), renderFailures(FAILURES));
writeFileSync(new URL("docs/runner-variables.md", root), renderVariables());
