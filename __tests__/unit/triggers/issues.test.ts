import { describe, expect, test } from "@jest/globals";
import { readIssuesEvent } from "../../../src/triggers/issues.ts";
import { aPayload } from "../../builders/webhooks.ts";

const SETTINGS = { triggerLabel: "copilot-agent", issueNumber: null };
const LABEL = { name: "copilot-agent" };

function labelled(change: object = {}) {
  return aPayload("issues", "labeled", { label: LABEL, issue: { labels: [LABEL] }, ...change });
}

describe("an issues event", () => {
  test("starts a task where the trigger label was set, with the issue as it was then", () => {
    const payload = labelled({
      issue: {
        labels: [LABEL, { name: "bug" }],
        title: "T",
        body: "B",
        number: 5,
        updated_at: "2026-01-02T03:04:05Z",
      },
    });
    expect(readIssuesEvent(payload, SETTINGS)).toMatchObject({
      kind: "dispatch",
      dispatch: {
        event: "issues",
        issueNumber: 5,
        manual: false,
        happenedAt: "2026-01-02T03:04:05Z",
        issue: { title: "T", body: "B", labels: ["copilot-agent", "bug"], number: 5 },
        commentId: null,
      },
    });
  });

  test("starts a task where an issue was opened with the label", () => {
    const payload = aPayload("issues", "opened", { issue: { labels: [LABEL] } });
    expect(readIssuesEvent(payload, SETTINGS).kind).toBe("dispatch");
  });

  test("names whoever set the label, who need not be the author", () => {
    const payload = labelled({ sender: { login: "hub-bot[bot]", type: "Bot" } });
    expect(readIssuesEvent(payload, SETTINGS)).toMatchObject({
      dispatch: {
        sender: { login: "hub-bot[bot]", type: "Bot" },
        issue: { author: { login: "Codertocat" } },
      },
    });
  });

  test("compares labels as GitHub does, in any case", () => {
    expect(readIssuesEvent(labelled({ label: { name: "Copilot-Agent" } }), SETTINGS).kind).toBe("dispatch");
  });

  test("is ignored for another label, although the trigger label is there too", () => {
    const payload = labelled({ label: { name: "bug" } });
    expect(readIssuesEvent(payload, SETTINGS)).toEqual({
      kind: "ignored",
      reason: "the label is not `copilot-agent`",
    });
  });

  test.each([
    "edited",
    "unlabeled",
    "reopened",
    "closed",
  ])("is ignored for the action %s, although the label is there", (action) => {
    expect(readIssuesEvent(labelled({ action }), SETTINGS)).toEqual({
      kind: "ignored",
      reason: `issues.${action} starts no task`,
    });
  });

  test("is ignored for a pull request and for a closed issue", () => {
    expect(readIssuesEvent(labelled({ issue: { labels: [LABEL], pull_request: {} } }), SETTINGS).kind).toBe(
      "ignored",
    );
    expect(readIssuesEvent(labelled({ issue: { labels: [LABEL], state: "closed" } }), SETTINGS).kind).toBe(
      "ignored",
    );
  });

  test("takes a missing body for an empty one, and a deleted author for the ghost", () => {
    const payload = labelled({ issue: { labels: [LABEL], body: null, user: null } });
    expect(readIssuesEvent(payload, SETTINGS)).toMatchObject({
      dispatch: { issue: { body: "", author: { login: "ghost" } } },
    });
  });

  test.each([
    [{ issue: null }, "issue"],
    [{ issue: { number: "seven" } }, "issue.number"],
    [{ sender: null }, "sender"],
    [{ repository: { full_name: "nothing" } }, "repository.full_name"],
  ])("that is broken is refused by the name of the field: %j", (change, field) => {
    expect(() => readIssuesEvent(labelled(change), SETTINGS)).toThrow(`\`${field}\``);
  });
});
