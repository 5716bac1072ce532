import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../../src/failure.ts";
import { readDelivery } from "../../../../src/service/intake/webhook.ts";
import { someSettings } from "../../../builders/settings.ts";

function aPayload(change: object = {}) {
  return {
    action: "labeled",
    label: { name: "copilot-agent" },
    issue: {
      number: 7,
      html_url: "https://github.com/acme/tasks/issues/7",
      title: "Task",
      labels: [{ name: "copilot-agent" }, { name: "priority:high" }],
      updated_at: "2026-01-02T03:04:05Z",
    },
    repository: { full_name: "acme/tasks" },
    sender: { login: "mona", type: "User" },
    ...change,
  };
}
const read = (event: string, payload: unknown) =>
  readDelivery(event, payload, someSettings(), ["Acme/Tasks"]);

describe("a webhook's delivery", () => {
  test("asks for a job with the sender, the issue as it was and its priority", () => {
    expect(read("issues", aPayload())).toMatchObject({
      kind: "job",
      job: {
        id: "acme/tasks#7",
        priority: "high",
        since: "2026-01-02T03:04:05Z",
        attempt: 1,
        dispatch: { event: "issues", sender: { login: "mona" }, issue: { title: "Task" } },
      },
    });
  });

  test.each<[string, string, object]>([
    ["of an event that starts no task", "ping", {}],
    ["of another label", "issues", { label: { name: "bug" } }],
    ["of a repository that is not watched", "issues", { repository: { full_name: "acme/other" } }],
  ])("%s is ignored", (_, event, change) => {
    expect(read(event, aPayload(change)).kind).toBe("ignored");
  });

  test("that does not fit is refused", () => {
    expect(() => read("issues", aPayload({ sender: null }))).toThrow(TaskFailure);
  });
});
