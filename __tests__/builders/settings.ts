import { INPUTS, type InputName, readSettings, type Settings } from "../../src/inputs.ts";

/** The settings of a workflow that gives these inputs, and leaves all others at their defaults. */
export function someSettings(inputs: Partial<Record<InputName, string>> = {}): Settings {
  const given: Partial<Record<InputName, string>> = { token: "the-token-of-the-tests", ...inputs };
  return readSettings((name) => given[name] ?? INPUTS[name].fallback);
}
