import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readAction, renderConfiguration, renderFailures } from "../../../scripts/render-docs.ts";
import { FAILURES } from "../../../src/failure.ts";
import { INPUTS } from "../../../src/inputs.ts";
import { outputsOf } from "../../../src/report/outputs.ts";
import { FAILURE_CODES } from "../../../src/task.ts";
import { aReport } from "../../builders/task.ts";

const ACTION = readFile("action.yml");
const FOLDERS = readdirSync(new URL("../../../", import.meta.url)).filter((name) =>
  existsSync(new URL(`../../../${name}/action.yml`, import.meta.url)),
);
const CONFIGURATION = readFile("docs/configuration.md");

function readFile(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
}

function chapter(page: string, heading: string): string {
  return page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
}

function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = ""]) => name);
}

function asShown(fallback: string): string {
  if (fallback === "") return "–";
  return fallback.includes("\n") ? "see below" : `\`${fallback}\``;
}

describe("the generated pages", () => {
  test("docs/configuration.md is what `npm run docs` makes of action.yml", () => {
    expect(CONFIGURATION).toBe(renderConfiguration((folder) => readFile(`${folder}action.yml`)));
  });

  test("docs/failures.md is what `npm run docs` makes of the failure table", () => {
    expect(readFile("docs/failures.md")).toBe(renderFailures(FAILURES));
  });

  test("docs/failures.md has a row for every published code", () => {
    expect(firstColumn(readFile("docs/failures.md")).sort()).toEqual([...FAILURE_CODES].sort());
  });
});

describe("the inputs", () => {
  const declared = readAction(ACTION).inputs;

  test("action.yml and the code name the same ones in the same order with the same defaults", () => {
    const inCode = Object.entries(INPUTS).map(([name, { fallback }]) => [name, fallback]);
    expect(declared.map(({ name, fallback }) => [name, fallback])).toEqual(inCode);
  });

  test("docs/configuration.md names the same ones with the same defaults", () => {
    const rows = chapter(CONFIGURATION, "Inputs").matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm);
    expect([...rows].map(([, name, shown]) => [name, shown])).toEqual(
      Object.entries(INPUTS).map(([name, { fallback }]) => [name, asShown(fallback)]),
    );
    expect(CONFIGURATION).toContain(`\`\`\`text\n${INPUTS["protected-paths"].fallback}\n\`\`\``);
  });

  test("docs/configuration.md has a chapter for each of the other actions", () => {
    const chapters = [...CONFIGURATION.matchAll(/^## The action `(.*)`$/gm)].map(([, name]) => name);
    expect(FOLDERS.length).toBeGreaterThan(4);
    expect(chapters.sort()).toEqual(FOLDERS.sort());
  });

  test.each(FOLDERS)("docs/configuration.md names those of %s too", (folder) => {
    const { inputs } = readAction(readFile(`${folder}/action.yml`));
    const page = chapter(CONFIGURATION, `The action \`${folder}\``);
    expect(inputs.filter(({ name }) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test.each(
    FOLDERS,
  )("those of %s are described in the words of the main action, but for those that mean something of their own", (folder) => {
    const others = readAction(readFile(`${folder}/action.yml`)).inputs.filter(({ name, description }) =>
      declared.some((input) => input.name === name && input.description !== description),
    );
    const own = ["token", "target-token", "command", "isolation", "trace-id"];
    expect(others.map(({ name }) => name).filter((name) => !own.includes(name))).toEqual([]);
  });

  test("an input without a group is refused", () => {
    expect(() => readAction("inputs:\n  a:\n    description: A\n    default: ''\noutputs: {}")).toThrow(
      "No comment in action.yml heads the input a",
    );
  });
});

describe("the outputs", () => {
  const set = [...Object.keys(outputsOf(aReport())), "trace-id", "audit-file", "result-file"];

  test("action.yml declares those that the code sets", () => {
    expect(readAction(ACTION).outputs.map(({ name }) => name)).toEqual(set);
  });

  test("docs/configuration.md names the same ones", () => {
    expect(firstColumn(chapter(CONFIGURATION, "Outputs"))).toEqual(set);
  });

  test("the README names the same ones", () => {
    const readme = readFile("README.md");
    expect(set.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
