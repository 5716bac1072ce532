import { describe, expect, test } from "@jest/globals";
import { inheritedEnvironment } from "../../../../src/adapters/steps/environment.ts";

const PARENT = {
  PATH: "/usr/bin",
  LC_ALL: "C.UTF-8",
  https_proxy: "http://proxy:3128",
  RUNNER_TOOL_CACHE: "/opt/tools",
  ANTHROPIC_API_KEY: "sk-model",
  GITHUB_TOKEN: "ghs_own",
  GITHUB_OUTPUT: "/runner/output",
  INPUT_TOKEN: "ghs_own",
  ACTIONS_RUNTIME_TOKEN: "runtime",
  NODE_OPTIONS: "--require=./x.js",
  UNSET: undefined,
};

describe("inheritedEnvironment", () => {
  test("gives what is listed, and nothing else", () => {
    expect(inheritedEnvironment(PARENT, [], [])).toEqual({
      PATH: "/usr/bin",
      LC_ALL: "C.UTF-8",
      https_proxy: "http://proxy:3128",
      RUNNER_TOOL_CACHE: "/opt/tools",
    });
  });

  test("gives what pass-env names besides, where it is set", () => {
    const inherited = inheritedEnvironment(PARENT, ["ANTHROPIC_API_KEY", "UNSET", "MISSING"], ["ghs_own"]);
    expect(inherited).toMatchObject({ ANTHROPIC_API_KEY: "sk-model", PATH: "/usr/bin" });
    expect(Object.keys(inherited)).toHaveLength(5);
  });

  test.each([
    ...["INPUT_TOKEN", "INPUT_APP-ID", "ACTIONS_RUNTIME_TOKEN", "STATE_x", "AGENT_TASK_ID"],
    ...["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"],
    ...["A=B", "", "*", "A B"],
  ])("refuses the name %j", (name) => {
    expect(() => inheritedEnvironment(PARENT, [name], [])).toThrow(
      /^invalid-input: `pass-env`: .+never|not a variable/,
    );
  });

  test("refuses a variable that holds a token of this run, and lets another token pass", () => {
    expect(() => inheritedEnvironment(PARENT, ["GITHUB_TOKEN"], ["", "ghs_own"])).toThrow(
      "`GITHUB_TOKEN` holds a token that agent-runner itself acts with",
    );
    expect(inheritedEnvironment(PARENT, ["GITHUB_TOKEN"], ["", "ghs_other"])).toMatchObject({
      GITHUB_TOKEN: "ghs_own",
    });
  });
});
