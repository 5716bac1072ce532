import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readEnvironment } from "../../../../src/adapters/service/variables.ts";
import { TaskFailure } from "../../../../src/failure.ts";

/** Reads a configuration file of that text. */
function readFile(text: string, environment: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), "agent-runner-config-"));
  try {
    const file = join(folder, "runner.env");
    writeFileSync(file, text);
    return readEnvironment(environment, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function refusalOf(text: string): string {
  try {
    readFile(text);
  } catch (thrown) {
    if (thrown instanceof TaskFailure && thrown.code === "invalid-input") return thrown.detail;
    throw thrown;
  }
  throw new Error("It was accepted.");
}

describe("a configuration file", () => {
  test("holds lines NAME=value as shells and editors write them, quoted ones over several lines", () => {
    const text = [
      "\uFEFFAGENT_CONCURRENCY=3",
      "# it's = 'a comment",
      "export AGENT_NAME='one'   # two",
      "",
      "  POLL_INTERVAL_SECONDS = 5 # seconds",
      'AGENT_COMMAND="cd src',
      "  # it's = not set here",
      'make"',
      "TARGET_REPO=acme/app",
    ];
    expect(readFile(text.join("\r\n"))).toEqual({
      AGENT_CONCURRENCY: "3",
      AGENT_NAME: "one",
      POLL_INTERVAL_SECONDS: "5",
      AGENT_COMMAND: "cd src\n  # it's = not set here\nmake",
      TARGET_REPO: "acme/app",
    });
  });

  test("gives way to the environment", () => {
    expect(readFile("AGENT_NAME=file\nLOG_LEVEL=debug", { AGENT_NAME: "shell" })).toEqual({
      AGENT_NAME: "shell",
      LOG_LEVEL: "debug",
    });
  });

  test("hands on to steps what AGENT_PASS_ENV names", () => {
    const environment: NodeJS.ProcessEnv = { TWO: "shell" };
    readFile("AGENT_PASS_ENV=ONE,TWO\nONE=1\nTWO=2", environment);
    expect(environment).toEqual({ ONE: "1", TWO: "shell" });
  });

  test("is refused where a line has no effect, without a word of what may be a key", () => {
    const refusal = refusalOf(
      "AGENT_CONCURRENCY 3\nGITHUB_APP_PRIVATE_KEY=-----BEGIN\nMIIsecret\nAGENT_NAME: x\n",
    );
    expect(refusal).toContain(
      "lines that are not `NAME=value`: 1, 3, 4. A value of several lines stands in quotes.",
    );
    expect(refusal).not.toContain("secret");
  });

  test("is refused where it sets what nobody reads", () => {
    const refusal = refusalOf("DISPATCH_REPOS=acme/tasks\nHTTPS_PROXY=http://proxy\nAGENT_NAME=x\n");
    expect(refusal.split("\n")).toEqual([
      expect.stringContaining("`DISPATCH_REPOS` has no effect"),
      expect.stringContaining("`HTTPS_PROXY` has no effect"),
    ]);
  });

  test("is refused where it cannot be read", () => {
    expect(() => readEnvironment({}, "/nonexistent.env")).toThrow("cannot be read");
  });
});
