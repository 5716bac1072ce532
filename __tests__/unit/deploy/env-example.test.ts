import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { expect, test } from "@jest/globals";
import { readConfiguration } from "../../../src/service/configuration.ts";
import { ALIASES, INPUT_VARIABLES, VARIABLES } from "../../../src/service/variables.ts";

const FILE = readFileSync(new URL("../../../.env.example", import.meta.url), "utf8");
const TOKEN = { GITHUB_TOKEN: "github_pat_filled_in" };

/** The file with every example that stands in a comment put in force. */
function withExamples(): Record<string, string | undefined> {
  return parseEnv(FILE.replace(/^# (?=[A-Z_]+=|\(the lines|-----END)/gm, ""));
}

test(".env.example, as it is, lacks only the token", () => {
  expect(() => readConfiguration(parseEnv(FILE))).toThrow("Set either `GITHUB_TOKEN`");
  const { settings, repositories } = readConfiguration({ ...parseEnv(FILE), ...TOKEN });
  expect(repositories).toEqual(["your-org/dispatch"]);
  expect(settings.command).toBe('your-agent < "$AGENT_INSTRUCTION_FILE"');
});

test("each example in it is a value that the service takes", () => {
  const { GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY, ...examples } = withExamples();
  expect(readConfiguration({ ...examples, ...TOKEN }).settings.passEnv).toEqual(["ANTHROPIC_API_KEY"]);
  const app = { GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY };
  const { credentials } = readConfiguration({ ...parseEnv(FILE), ...app });
  expect(credentials).toMatchObject({ kind: "app", appId: "123456" });
  expect(GITHUB_APP_PRIVATE_KEY?.split("\n")).toHaveLength(3);
});

test("each name in it is a variable of the service, or one that the command is passed", () => {
  const examples = withExamples();
  const known = [...Object.keys(VARIABLES), ...INPUT_VARIABLES.keys(), ...Object.keys(ALIASES)];
  const passed = String(examples.AGENT_PASS_ENV).split(",");
  expect(Object.keys(examples).filter((name) => ![...known, ...passed].includes(name))).toEqual([]);
});

test("each default that it shows is the default", () => {
  const examples = withExamples();
  const shown = Object.entries(VARIABLES).filter(([name, { fallback }]) => fallback && examples[name]);
  expect(shown.map(([name]) => name)).toContain("POLL_INTERVAL_SECONDS");
  for (const [name, { fallback }] of shown) {
    if (name !== "DISPATCH_REPO") expect([name, examples[name]]).toEqual([name, fallback]);
  }
});
