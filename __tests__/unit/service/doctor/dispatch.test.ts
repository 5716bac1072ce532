import { describe, expect, test } from "@jest/globals";
import { examineDispatch } from "../../../../src/service/doctor/dispatch.ts";
import type { HookFacts } from "../../../../src/service/doctor/facts.ts";

const HOOK: HookFacts = {
  url: "https://runner.example/webhook",
  active: true,
  events: ["issues", "issue_comment"],
  lastStatus: 202,
};

/** What is found of the webhooks of a repository in which all else is fine. */
async function lookAt(...hooks: HookFacts[]) {
  const inspector = {
    repository: async (name: string) => ({ name, archived: false, hasIssues: true, defaultBranch: "main" }),
    hasLabel: async () => true,
    mayCreate: async () => true,
    hooks: async () => hooks,
  };
  const options = { triggerLabel: "copilot-agent", hasWebhook: true };
  const findings = await examineDispatch(inspector, "acme/tasks", options);
  return findings.find(({ check }) => check === "webhook");
}

describe("the doctor", () => {
  test("finds the service's webhook among others, one with an address that is none too", async () => {
    expect(await lookAt({ ...HOOK, url: "runner.example/webhook" }, HOOK)).toMatchObject({ level: "ok" });
  });

  test("finds no webhook where the only address is none", async () => {
    const finding = await lookAt({ ...HOOK, url: "http://" });
    expect(finding).toMatchObject({ level: "problem", detail: expect.stringContaining("No active webhook") });
  });
});
