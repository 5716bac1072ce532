import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";

const ROOT = new URL("../../../", import.meta.url);
const PAGE = readFileSync(new URL("docs/architecture.md", ROOT), "utf8");
const ROOMS = PAGE.split(/^## /m).find((chapter) => chapter.startsWith("The rooms\n")) ?? "";
/** What the first column names. */
const named = [...ROOMS.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = ""]) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
);

describe("the rooms of docs/architecture.md", () => {
  test("are all files and folders of src/, each once", () => {
    const entries = readdirSync(new URL("src/", ROOT), { withFileTypes: true });
    const there = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    expect([...named].sort()).toEqual(there.sort());
  });

  test("name every entry point", () => {
    const entries = readdirSync(new URL("src/entrypoints/", ROOT));
    expect(entries.filter((name) => !ROOMS.includes(`\`${name}\``))).toEqual([]);
  });
});
