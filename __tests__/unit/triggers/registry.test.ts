import { describe, expect, test } from "@jest/globals";
import { readTrigger } from "../../../src/triggers/registry.ts";
import { publishedPayloads } from "../../builders/webhooks.ts";

const SETTINGS = { triggerLabel: "copilot-agent", issueNumber: null };
const EVENT = { repository: "your-org/dispatch", actor: { login: "octocat", type: "User" as const } };

function named(event: string) {
  return publishedPayloads(event).map((payload, index): [string, object] => [
    `${index + 1} (${payload.action})`,
    payload,
  ]);
}

describe("GitHub's own examples", () => {
  test("are as many as there are known to be", () => {
    expect(
      ["issues", "issue_comment", "workflow_dispatch", "repository_dispatch"].map(
        (each) => named(each).length,
      ),
    ).toEqual([29, 9, 2, 2]);
  });

  test.each(
    named("issues"),
  )("issues %s carries another label or action, and is ignored", (_name, payload) => {
    expect(readTrigger({ ...EVENT, eventName: "issues", payload }, SETTINGS).kind).toBe("ignored");
  });

  test.each(named("issue_comment"))("issue_comment %s gives no command, and is ignored", (_name, payload) => {
    expect(readTrigger({ ...EVENT, eventName: "issue_comment", payload }, SETTINGS).kind).toBe("ignored");
  });

  test.each(
    named("workflow_dispatch"),
  )("workflow_dispatch %s runs the issue that the input names", (_name, payload) => {
    const trigger = readTrigger(
      { ...EVENT, eventName: "workflow_dispatch", payload },
      { ...SETTINGS, issueNumber: 12 },
    );
    expect(trigger).toMatchObject({ kind: "dispatch", dispatch: { issueNumber: 12, manual: true } });
  });

  test.each(
    named("repository_dispatch"),
  )("repository_dispatch %s carries no task, and the refusal names the field", (_name, payload) => {
    expect(() => readTrigger({ ...EVENT, eventName: "repository_dispatch", payload }, SETTINGS)).toThrow(
      "client_payload.task_id",
    );
  });
});

describe("any other event", () => {
  test("runs the issue that the workflow names, for whoever set it off", () => {
    const trigger = readTrigger(
      { ...EVENT, eventName: "workflow_run", payload: {} },
      { ...SETTINGS, issueNumber: 12 },
    );
    expect(trigger).toMatchObject({
      kind: "dispatch",
      dispatch: {
        repository: "your-org/dispatch",
        issueNumber: 12,
        sender: EVENT.actor,
        manual: true,
        happenedAt: null,
      },
    });
  });

  test.each([
    "push",
    "constructor",
    "toString",
  ])("%s is ignored where the workflow names no issue", (eventName) => {
    expect(readTrigger({ ...EVENT, eventName, payload: {} }, SETTINGS)).toEqual({
      kind: "ignored",
      reason: `the event \`${eventName}\` starts no task`,
    });
  });
});
