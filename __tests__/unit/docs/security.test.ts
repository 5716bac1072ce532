import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { GIT } from "../../attacks/git.ts";
import { ISSUE_TEXT } from "../../attacks/issue-text.ts";
import { PARENT } from "../../attacks/parent.ts";
import { PATCHES } from "../../attacks/patches.ts";
import { RUNNER } from "../../attacks/runner.ts";
import { SENDERS } from "../../attacks/senders.ts";

const PAGE = readFileSync(new URL("../../../docs/security.md", import.meta.url), "utf8");

/** The last cells of a chapter's table, as names. */
function testsOf(file: string): string[] {
  const chapter =
    PAGE.split(/^##+ /m).find((part) => part.includes(`(\`__tests__/attacks/${file}.ts\`)`)) ?? "";
  const rows = chapter.split("\n").filter((line) => /^\| (?!attack|---)/.test(line));
  const cells = rows.map((row) => row.split(" | ").at(-1) ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

test.each([
  ["issue-text", ISSUE_TEXT],
  ["git", GIT],
  ["runner", RUNNER],
  ["senders", SENDERS],
  ["patches", PATCHES],
  ["parent", PARENT],
])("docs/security.md names every attack of %s, each once, and no other", (file, attacks) => {
  const names = attacks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(testsOf(file).sort()).toEqual(names.sort());
});

test("docs/security.md names the test that holds the suite to what it says", () => {
  const control = readFileSync(new URL("../../e2e/attacks-control.test.ts", import.meta.url), "utf8");
  const [, name = ""] = /^test\("([^"]+)"/m.exec(control) ?? [];
  expect(PAGE).toContain(`"${name}"`);
});
