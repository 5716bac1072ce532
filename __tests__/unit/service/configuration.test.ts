import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { readConfiguration } from "../../../src/service/configuration.ts";
import type { Given } from "../../../src/service/variables.ts";

const LEAST: Given = { GITHUB_TOKEN: "ghp_token", DISPATCH_REPO: "acme/tasks" };
const read = (change: Given = {}) => readConfiguration({ ...LEAST, ...change });

function failureOf(change: Given): string {
  try {
    read(change);
  } catch (thrown) {
    if (thrown instanceof TaskFailure && thrown.code === "invalid-input") return thrown.detail;
    throw thrown;
  }
  throw new Error("It was accepted.");
}

describe("the service's configuration", () => {
  test("needs a token and a dispatch repository, and has a default for everything else", () => {
    expect(read()).toMatchObject({
      credentials: { kind: "token", token: "ghp_token" },
      repositories: ["acme/tasks"],
      apiUrl: "https://api.github.com",
      pollIntervalMs: 30_000,
      concurrency: 2,
      maxAttempts: 3,
      pace: { perMinute: 80, perHour: 500 },
      webhookSecret: null,
      host: "127.0.0.1",
    });
  });

  test("takes several dispatch repositories, each once", () => {
    expect(read({ DISPATCH_REPO: "acme/a, acme/b\nAcme/A ," }).repositories).toEqual(["Acme/A", "acme/b"]);
  });

  test("sets the action's inputs by variables of their names", () => {
    const { settings } = read({
      AGENT_TIMEOUT_MINUTES: "5",
      AGENT_PR_LABELS: "a,b",
      TARGET_REPO: "acme/app",
    });
    expect(settings).toMatchObject({ timeoutMinutes: 5, prLabels: ["a", "b"], targetRepository: "acme/app" });
  });

  test("takes an App in place of the token", () => {
    const configuration = read({ GITHUB_TOKEN: "", GITHUB_APP_ID: "42", GITHUB_APP_PRIVATE_KEY: "KEY" });
    expect(configuration.credentials).toEqual({ kind: "app", appId: "42", privateKey: "KEY" });
    expect(configuration.settings).toMatchObject({ appId: "42", appPrivateKey: "KEY" });
  });

  test("finds the API of an enterprise server", () => {
    expect(read({ GITHUB_SERVER_URL: "https://git.acme.example/" }).apiUrl).toBe(
      "https://git.acme.example/api/v3",
    );
  });

  test("is told of everything that does not fit at once", () => {
    const refusal = failureOf({ AGENT_PORT: "99999", AGENT_TIMEOUT: "5", AGENT_CONCURRENCY: "0" });
    expect(refusal.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "`AGENT_TIMEOUT`",
      "`AGENT_CONCURRENCY`",
      "`AGENT_PORT`",
    ]);
  });

  test("names the variable of an input that does not fit", () => {
    expect(failureOf({ AGENT_TIMEOUT_MINUTES: "soon" })).toContain(
      "`timeout-minutes` is `AGENT_TIMEOUT_MINUTES`",
    );
    expect(failureOf({ AGENT_AUDIT_TOKEN: "x" })).toContain(
      "`audit-url` is `AGENT_AUDIT_URL`, `audit-token` is `AGENT_AUDIT_TOKEN`",
    );
  });

  test.each<[string, Given, string]>([
    ["an unknown AGENT_ variable", { AGENT_TIMEOUT: "5" }, "`AGENT_TIMEOUT` is no variable"],
    ["an input that means nothing here", { AGENT_ISSUE_NUMBER: "5" }, "`AGENT_ISSUE_NUMBER` is no variable"],
    ["a value that does not fit", { AGENT_CONCURRENCY: "many" }, '`AGENT_CONCURRENCY` is "many"'],
    ["an input that does not fit", { AGENT_TIMEOUT_MINUTES: "soon" }, "`timeout-minutes` is `soon`"],
    ["a missing repository", { DISPATCH_REPO: "" }, "`DISPATCH_REPO` is missing"],
    ["a repository without an owner", { DISPATCH_REPO: "tasks" }, "`DISPATCH_REPO`"],
    ["no credentials", { GITHUB_TOKEN: "" }, "either `GITHUB_TOKEN`, or both"],
    ["half an App", { GITHUB_TOKEN: "", GITHUB_APP_ID: "42" }, "either `GITHUB_TOKEN`, or both"],
    [
      "two credentials",
      { GITHUB_APP_ID: "42", GITHUB_APP_PRIVATE_KEY: "KEY" },
      "either `GITHUB_TOKEN`, or both",
    ],
    [
      "an alias that differs from what it means",
      { TARGET_REPO: "acme/a", AGENT_TARGET_REPOSITORY: "acme/b" },
      "mean the same and differ",
    ],
  ])("refuses %s", (_, change, message) => {
    expect(failureOf(change)).toContain(message);
  });
});
