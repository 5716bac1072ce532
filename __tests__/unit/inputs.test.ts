import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { TaskFailure } from "../../src/failure.ts";
import { INPUTS, type InputName } from "../../src/inputs.ts";
import { someSettings } from "../builders/settings.ts";

/** What the refusal of one input's value says. */
function refusalOf(name: InputName, value: string): string {
  try {
    someSettings({ [name]: value });
  } catch (thrown) {
    if (thrown instanceof TaskFailure && thrown.code === "invalid-input") return thrown.detail;
    throw thrown;
  }
  throw new Error(`\`${name}\` takes "${value}".`);
}

describe("the defaults", () => {
  test("are those of action.yml, which names the same inputs", () => {
    const { inputs } = parse(readFileSync("action.yml", "utf8")) as {
      inputs: Record<string, { default?: string }>;
    };
    const ours = Object.entries(INPUTS).map(([name, { fallback }]) => [name, fallback]);
    expect(ours).toEqual(Object.entries(inputs).map(([name, input]) => [name, input.default]));
  });

  test("are what the contract says", () => {
    expect(someSettings()).toMatchObject({
      targetToken: null,
      issueNumber: null,
      triggerLabel: "copilot-agent",
      requireMetadata: false,
      targetRepository: null,
      allowedTargets: [],
      processor: null,
      command: null,
      timeoutMinutes: 30,
      base: null,
      branch: null,
      onProtected: "fail",
      maxFiles: 100,
      maxPatchKb: 4096,
      statusComment: true,
      stateLabels: true,
      dryRun: false,
    });
  });

  test("stand in for an input that is empty or blank", () => {
    expect(someSettings({ "timeout-minutes": "  ", "trigger-label": "" })).toMatchObject({
      timeoutMinutes: 30,
      triggerLabel: "copilot-agent",
    });
  });

  test("protect workflows, actions, owners, attributes and submodules", () => {
    expect(someSettings().protectedPaths).toEqual(
      expect.arrayContaining([
        ".github/workflows/**",
        ".github/actions/**",
        "**/CODEOWNERS",
        "**/.gitattributes",
        "**/.gitmodules",
      ]),
    );
  });
});

describe("accepted spellings", () => {
  test.each(["true", "True", "TRUE", " true "])("a flag takes %j", (value) => {
    expect(someSettings({ "dry-run": value }).dryRun).toBe(true);
  });

  test.each([
    ["0.01", 0.01],
    [".5", 0.5],
    ["1440", 1440],
    [" 7 ", 7],
  ])("timeout-minutes takes %j", (value, minutes) => {
    expect(someSettings({ "timeout-minutes": value }).timeoutMinutes).toBe(minutes);
  });

  test("lists are separated by commas or new lines of any kind, with white space and empty items", () => {
    const { allowedActors } = someSettings({
      "allowed-actors": " octocat, mona\r\nhub-bot[bot],\n\n name_company ",
    });
    expect(allowedActors).toEqual(["octocat", "mona", "hub-bot[bot]", "name_company"]);
  });

  test("protected-paths has one glob a line, so that a glob may hold a comma", () => {
    const { protectedPaths } = someSettings({ "protected-paths": "a/{b,c}/**\n  !a/b/x  \n" });
    expect(protectedPaths).toEqual(["a/{b,c}/**", "!a/b/x"]);
  });

  test("a command keeps its lines and its indentation", () => {
    const command = "if true; then\n  echo done\nfi\n";
    expect(someSettings({ command }).command).toBe(command);
  });

  test("an author is a name and an e-mail address", () => {
    expect(someSettings({ author: "Mona Lisa <mona@example.org>" }).author).toEqual({
      name: "Mona Lisa",
      email: "mona@example.org",
    });
  });

  test.each([
    "your-org/your-project",
    "name_company/.github",
    "a/b.c-d_e",
  ])("target-repository takes %s", (name) => {
    expect(someSettings({ "target-repository": name }).targetRepository).toBe(name);
  });

  test.each([
    "main",
    "release/1.x",
    "feature/käse",
    "a@b",
    "v1.0",
    "{issue}/{task-id}",
  ])("a branch takes %s", (branch) => {
    expect(someSettings({ branch }).branch).toBe(branch);
  });
});

describe("a value that does not fit", () => {
  test.each<[InputName, string, string]>([
    ["issue-number", "seven", "the number of an issue"],
    ["issue-number", "0", "the number of an issue"],
    ["require-metadata", "yes", "`true` or `false`"],
    ["trigger-label", "x".repeat(51), "at most 50 characters"],
    ["target-repository", "your-project", "`owner/name`"],
    ["target-repository", "https://github.com/a/b", "`owner/name`"],
    ["allowed-targets", "your-org", "globs such as `owner/*`"],
    ["allowed-bots", "*[bot]", "exact login names"],
    ["timeout-minutes", "0", "minutes above 0"],
    ["timeout-minutes", "-1", "minutes above 0"],
    ["timeout-minutes", "1441", "up to 1440"],
    ["timeout-minutes", "soon", "minutes above 0"],
    ["pass-env", "MY-KEY", "names of environment variables"],
    ["author", "mona@example.org", "`Name <e-mail>`"],
    ["policy-file", "/etc/passwd", "the path of a file"],
    ["policy-file", ".github/../x.yml", "the path of a file"],
    ["on-protected", "warn", "`fail`, `draft` or `allow`"],
    ["max-files", "1.5", "a whole number"],
    ["max-patch-kb", "4 MB", "a whole number of KiB"],
  ])("%s: %j is refused with the input, the value and what would fit", (name, value, fits) => {
    const refusal = refusalOf(name, value);
    expect(refusal).toContain(`\`${name}\``);
    expect(refusal.replaceAll("\u2060", "")).toContain(value.trim());
    expect(refusal).toContain(fits);
  });

  test.each([
    "refs/heads/x",
    "-x",
    "a..b",
    "a b",
    "x.lock",
    "x.lock/y",
    "a//b",
    "x/",
    ".x",
    "x/.y",
    "@",
    "a@{b",
    "a~1",
    "a\u0001b",
  ])("a branch is not %j", (branch) => {
    expect(refusalOf("branch", branch)).toContain("the name of a branch");
  });

  test("is cut where it is long", () => {
    expect(refusalOf("max-files", "9".repeat(10_000)).length).toBeLessThan(500);
  });

  test("is not echoed where it is a secret: a missing token is only named", () => {
    expect(refusalOf("token", " ")).toBe("The input `token` is missing. It takes a GitHub token.");
  });
});
