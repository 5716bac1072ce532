import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { FAILURE_CODES } from "../../../src/task.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PAGES = ["", "docs/"].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => folder + name),
);

function readPage(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Without fenced blocks and code spans: what stands there is shown, not linked. */
function proseOf(page: string): string {
  return page.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, "").replace(/(`+)[\s\S]*?\1/g, "code");
}

/** Targets of the links that stay in the repository. */
function linksOf(page: string): string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = page.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function isBroken(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !anchorsOf(readPage(target)).includes(anchor);
}

describe.each(PAGES)("%s", (page) => {
  test("links to pages and headings that exist", () => {
    expect(linksOf(readPage(page)).filter((link) => isBroken(page, link))).toEqual([]);
  });
});

test("a link to a heading that does not exist is seen", () => {
  expect(linksOf("[a](b.md#c), [d](https://e.f), `[g](h)`")).toEqual(["b.md#c"]);
  expect(
    ["README.md#quick-start", "README.md#no-such-heading", "no-such-page.md"].map((link) =>
      isBroken("LICENSE", link),
    ),
  ).toEqual([false, true, true]);
});

test("the setup guide's troubleshooting names published failure codes only", () => {
  const chapter = readPage("docs/agent-runner-setup.md").split("## Troubleshooting")[1] ?? "";
  const symptoms = [...chapter.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) => [
    ...cell.matchAll(/`([a-z-]+)`/g),
  ]);
  const outcomes = ["denied", "duplicate", "ignored", "no-changes", "command"];
  const unknown = symptoms.map(([, name = ""]) => name).filter((name) => !outcomes.includes(name));
  expect(unknown.length).toBeGreaterThan(9);
  expect(unknown.filter((name) => !FAILURE_CODES.some((code) => code === name))).toEqual([]);
});
