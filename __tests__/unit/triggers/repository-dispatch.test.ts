import { describe, expect, test } from "@jest/globals";
import { parseTask, unfiledTaskBody } from "../../../src/parse-task.ts";
import { readRepositoryDispatchEvent } from "../../../src/triggers/repository-dispatch.ts";
import { anIssue } from "../../builders/issue.ts";
import { aPayload } from "../../builders/webhooks.ts";

const SETTINGS = { triggerLabel: "copilot-agent", issueNumber: null };

function called(client_payload: unknown) {
  return { ...aPayload("repository_dispatch", null), client_payload };
}

describe("a backend's call", () => {
  test.each([12, "12"])("names a dispatch issue by %j", (issue_number) => {
    expect(readRepositoryDispatchEvent(called({ issue_number }), SETTINGS)).toMatchObject({
      kind: "dispatch",
      dispatch: { event: "repository_dispatch", issueNumber: 12, manual: true, issue: null },
    });
  });

  test("carries a whole task, which has no issue yet", () => {
    const task = { task_id: "t-1", instruction: "Do it", title: "T", user_id: "u", target_repo: "a/b" };
    expect(readRepositoryDispatchEvent(called(task), SETTINGS)).toMatchObject({
      kind: "unfiled",
      payload: { taskId: "t-1", instruction: "Do it", title: "T", userId: "u", targetRepository: "a/b" },
    });
  });

  test("may carry its signature, which stands in the issue that is filed for it", () => {
    const signed = { signature: "0".repeat(64), expires: "2027-01-31T12:00:00Z" };
    const trigger = readRepositoryDispatchEvent(
      called({ task_id: "t-1", instruction: "Do it", ...signed }),
      SETTINGS,
    );
    if (trigger.kind !== "unfiled") throw new Error(trigger.kind);
    const body = unfiledTaskBody(trigger.payload);
    expect(parseTask(anIssue({ body }), { requireMetadata: true }).metadata).toMatchObject(signed);
  });

  test("may leave out, or leave empty, whatever a task can do without", () => {
    const bare = { taskId: "t-1", instruction: "Do it", title: null, userId: null, targetRepository: null };
    for (const empty of [
      {},
      { title: "", user_id: "", target_repo: "" },
      { title: null, user_id: null, target_repository: null },
    ]) {
      const trigger = readRepositoryDispatchEvent(
        called({ task_id: "t-1", instruction: "Do it", ...empty }),
        SETTINGS,
      );
      expect(trigger).toMatchObject({ payload: bare });
    }
  });

  test("may spell the target out as target_repository", () => {
    const trigger = readRepositoryDispatchEvent(
      called({ task_id: "t", instruction: "x", target_repository: "a/b" }),
      SETTINGS,
    );
    expect(trigger).toMatchObject({ payload: { targetRepository: "a/b" } });
  });

  test.each([
    [{}, "client_payload.task_id"],
    [{ task_id: "t" }, "client_payload.instruction"],
    [{ task_id: "t", instruction: " " }, "client_payload.instruction"],
    [{ task_id: 5, instruction: "x" }, "client_payload.task_id"],
    [{ issue_number: "x" }, "client_payload.issue_number"],
    [null, "client_payload"],
  ])("that is broken is refused by the name of the field: %j", (payload, field) => {
    expect(() => readRepositoryDispatchEvent(called(payload), SETTINGS)).toThrow(`\`${field}\``);
  });
});
