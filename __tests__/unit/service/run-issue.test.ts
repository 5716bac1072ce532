import { expect, test } from "@jest/globals";
import { readConfiguration } from "../../../src/service/configuration.ts";
import { runIssue } from "../../../src/service/run-issue.ts";
import type { Actor } from "../../../src/task.ts";
import { aWorld, DISPATCH } from "../../fakes/world.ts";

test.each<[string, Actor | null, string]>([
  ["whoever holds a person's token", { login: "robot", type: "User" }, "robot"],
  ["whoever set the label, where the token is an app's", { login: "my-app[bot]", type: "Bot" }, "mona"],
  ["whoever set the label, where GitHub does not tell whose the token is", null, "mona"],
])("a task that is run by hand is asked for by %s", async (_, viewer, asker) => {
  const { github, ports, issue } = aWorld();
  const label = { actor: { login: "mona", type: "User" }, at: "2026-01-02T03:04:05Z" } as const;
  Object.assign(github, { viewer, labellings: [{ ...label, issueNumber: issue.number }] });
  const asked = new Set<string>();
  const permission = async (_repository: string, login: string) => {
    asked.add(login);
    return "write" as const;
  };
  const dispatch = { ...ports.dispatch, permission };
  const needs = { dispatch, openPorts: async () => ({ ...ports, dispatch, close: async () => {} }) };
  const given = { GITHUB_TOKEN: "t", DISPATCH_REPO: DISPATCH, AGENT_COMMAND: "work" };
  const name = { repository: DISPATCH, issueNumber: issue.number };
  const { outcome } = await runIssue(needs, readConfiguration(given), name, new AbortController().signal);
  expect([outcome.kind, ...asked]).toEqual(["opened", asker]);
});
