import { describe, expect, test } from "@jest/globals";
import { protectedBy } from "../../../src/policy/protected-paths.ts";
import { someSettings } from "../../builders/settings.ts";

const byDefault = protectedBy(someSettings().protectedPaths);

test.each([
  ".github/workflows/ci.yml",
  ".github/workflows/deep/er.yml",
  ".github/actions/build/index.js",
  ".github/agent-runner.yml",
  ".GitHub/Workflows/ci.yml",
  "action.yml",
  "packages/a/action.yaml",
  "CODEOWNERS",
  "docs/CODEOWNERS",
  ".github/CODEOWNERS",
  ".gitattributes",
  "sub/.gitattributes",
  ".gitmodules",
  "AGENTS.md",
  "sub/CLAUDE.md",
  ".github/copilot-instructions.md",
])("%s is protected by default", (path) => {
  expect(byDefault(path)).toBe(true);
});

test.each([
  "README.md",
  "src/workflows/ci.yml",
  ".github/ISSUE_TEMPLATE/bug.yml",
  "docs/action.yml.md",
  "AGENTS.md.bak",
])("%s is not", (path) => {
  expect(byDefault(path)).toBe(false);
});

describe("a glob", () => {
  test("with ! takes paths out, and a later one takes them in again", () => {
    const isProtected = protectedBy(["infra/**", "!infra/docs/**", "infra/docs/secret.md"]);
    expect(["infra/a", "infra/docs/b", "infra/docs/secret.md"].map(isProtected)).toEqual([true, false, true]);
  });

  test("with ! at the beginning of the list takes paths out of the default", () => {
    const isProtected = protectedBy(["!**/AGENTS.md", "!.claude/**"]);
    expect(["AGENTS.md", ".claude/a.md", "CLAUDE.md", ".github/workflows/ci.yml"].map(isProtected)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test.each([
    "infra",
    "infra/",
    "/infra/",
    "./infra/",
    "/infra/**",
  ])("that is written %s guards the whole folder", (glob) => {
    expect(["infra/a", "infra/b/c", "src/infra/a"].map(protectedBy([glob]))).toEqual([true, true, false]);
  });

  test("guards the place of its folder too: a link there would decide what stands in it", () => {
    expect(
      [".github", ".github/workflows", ".GITHUB", ".git"].map(protectedBy([".github/workflows/**"])),
    ).toEqual([true, true, true, false]);
  });

  test("guards names with line ends, and names that are not ASCII, by their bytes", () => {
    const bytes = Buffer.from("käse/a", "utf8").toString("latin1");
    expect(protectedBy(["käse/**"])(bytes)).toBe(true);
    expect(protectedBy(["infra/**"])("infra/a\nb")).toBe(true);
  });

  test("does not guard more than it says", () => {
    expect(["src/x.ts", "src/x.tsx", "xsrc/x.ts"].map(protectedBy(["src/*.ts"]))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
