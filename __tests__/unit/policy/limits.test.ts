import { describe, expect, test } from "@jest/globals";
import { checkLimits } from "../../../src/policy/limits.ts";
import { someSettings } from "../../builders/settings.ts";
import { createFakeGit } from "../../fakes/git.ts";
import { createFakeRemote, type Files } from "../../fakes/remote.ts";
import type { Inputs } from "../../fakes/world.ts";

/** What the limits say of a change that adds these files to a repository with a README. */
async function check(added: Files, inputs: Inputs = {}) {
  const before: Files = { "README.md": "Hello\n" };
  const remote = createFakeRemote(before);
  const store = await createFakeGit(remote).open("");
  return await checkLimits(
    store,
    remote.addTree(before),
    remote.addTree({ ...before, ...added }),
    someSettings(inputs),
  );
}

function link(text: string) {
  return { mode: "120000", text };
}

describe("the size of a change", () => {
  test("may be as many files as max-files says, and no more", async () => {
    const files = { a: "1", b: "2" };
    expect(await check(files, { "max-files": "2" })).toEqual({ draft: false, notes: [] });
    await expect(check(files, { "max-files": "1" })).rejects.toMatchObject({
      code: "too-large",
      detail: "It changes 2 files; `max-files` allows 1.",
    });
  });

  test("may be as long a patch as max-patch-kb says, and no longer", async () => {
    await expect(check({ a: "x".repeat(1025) }, { "max-patch-kb": "1" })).rejects.toMatchObject({
      code: "too-large",
      detail: "Its patch is longer than `max-patch-kb` allows: 1 KiB.",
    });
    expect(await check({ a: "x".repeat(1025) }, { "max-patch-kb": "2" })).toMatchObject({ draft: false });
  });
});

describe("a protected path", () => {
  const WORKFLOW = { ".github/workflows/ci.yml": "on: push" };

  test("fails the task, by name", async () => {
    await expect(check(WORKFLOW)).rejects.toMatchObject({
      code: "protected-path",
      detail: "It changes what `protected-paths` guards: `.github/workflows/ci.yml`.",
    });
  });

  test("makes the pull request a draft that says so, where the workflow wants that", async () => {
    expect(await check(WORKFLOW, { "on-protected": "draft" })).toEqual({
      draft: true,
      notes: ["**Look closely**: this changes protected files: `.github/workflows/ci.yml`."],
    });
  });

  test("is let through where the workflow allows it", async () => {
    expect(await check(WORKFLOW, { "on-protected": "allow" })).toEqual({ draft: false, notes: [] });
  });

  test("is one of at most twenty that are named", async () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`infra/${index}`, ""]));
    await expect(check(many, { "protected-paths": "infra/**" })).rejects.toThrow(/ and 5 more\.$/);
  });
});

describe("a submodule", () => {
  test("is guarded like a protected path", async () => {
    await expect(check({ vendor: { mode: "160000", text: "" } })).rejects.toThrow("`vendor` (a submodule)");
  });
});

describe("a symbolic link", () => {
  test.each<[string, string]>([
    ["docs/a", "../src/b"],
    ["a", "b/c"],
    ["x/y/z", "../../README.md"],
    ["a", "./b"],
  ])("from %s to %s stays inside", async (path, target) => {
    expect(await check({ [path]: link(target) })).toEqual({ draft: false, notes: [] });
  });

  test.each<[string, string]>([
    ["a", "/etc/passwd"],
    ["a", "../b"],
    ["docs/a", "../../b"],
    ["a", "linked/../../b"],
    ["a", "linked/.."],
    ["a", ".git/config"],
    ["docs/a", "../.GIT/hooks"],
    ["a", "x".repeat(4097)],
  ])("from %s to %s may lead out, and is guarded", async (path, target) => {
    await expect(check({ [path]: link(target) })).rejects.toThrow(
      "(a link that may lead out of the repository)",
    );
  });
});
