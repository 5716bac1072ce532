import { describe, expect, test } from "@jest/globals";
import { readScheduleEvent } from "../../../src/triggers/schedule.ts";

const PAYLOAD = { schedule: "17,47 * * * *" };
const SETTINGS = { triggerLabel: "copilot-agent", issueNumber: 12 };

describe("a schedule", () => {
  test("runs the issue that the workflow names, for nobody yet, whoever wrote the workflow", () => {
    expect(readScheduleEvent(PAYLOAD, SETTINGS, "your-org/dispatch")).toEqual({
      kind: "dispatch",
      dispatch: {
        event: "schedule",
        repository: "your-org/dispatch",
        issueNumber: 12,
        sender: { login: "ghost", type: "User" },
        manual: false,
        happenedAt: null,
        issue: null,
        commentId: null,
      },
    });
  });

  test("starts no task where the workflow names none", () => {
    expect(readScheduleEvent(PAYLOAD, { ...SETTINGS, issueNumber: null }, "your-org/dispatch").kind).toBe(
      "ignored",
    );
  });
});
