import { describe, expect, test } from "@jest/globals";
import { command } from "../../../src/processors/command.ts";
import { patch } from "../../../src/processors/patch.ts";
import { chooseProcessor } from "../../../src/processors/registry.ts";
import { trace } from "../../../src/processors/trace.ts";
import { someSettings } from "../../builders/settings.ts";

describe("the processor", () => {
  test.each([
    ["patch, where the workflow says nothing", {}, patch],
    ["command, where there is a command", { command: "true" }, command],
    ["the one that is named", { processor: "trace" }, trace],
    ["the one that is named, also beside a command", { processor: "patch", command: "true" }, patch],
  ])("is %s", (_rule, inputs, expected) => {
    expect(chooseProcessor(someSettings(inputs))).toBe(expected);
  });

  test.each([
    "agent",
    "constructor",
    "Patch",
  ])("%s is none, and the failure names those that there are", (processor) => {
    expect(() => chooseProcessor(someSettings({ processor }))).toThrow(
      `processor-not-found: \`${processor}\` is not one of \`command\`, \`patch\`, \`trace\`.`,
    );
  });
});
