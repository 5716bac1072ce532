import { describe, expect, test } from "@jest/globals";
import { readIssueCommentEvent } from "../../../src/triggers/issue-comment.ts";
import { aPayload } from "../../builders/webhooks.ts";

const SETTINGS = { triggerLabel: "copilot-agent", issueNumber: null };
const LABELS = [{ name: "copilot-agent" }];

function commented(body: string | null, change: object = {}) {
  return aPayload("issue_comment", "created", { comment: { body }, issue: { labels: LABELS }, ...change });
}

describe("a comment on a dispatch issue", () => {
  test.each([
    "/agent run",
    "/agent retry",
    "  /agent retry  ",
    "/agent\trun\r\nplease",
    "/Agent Retry",
    "\n/agent run\n\nNow with tests.",
  ])("is a command where it says %j", (body) => {
    expect(readIssueCommentEvent(commented(body), SETTINGS).kind).toBe("dispatch");
  });

  test.each([
    "please /agent run",
    "/agent",
    "/agent stop",
    "/agent runs",
    "/agentrun",
    "> /agent run",
    "Comment `/agent retry`.",
    '/agent retry\n\n<!-- agent_task_result {"task_id": "t-1"} -->',
    '/agent run\n\n<!-- agent_runner_status {"task_id": "t-1"} -->',
    "",
    null,
  ])("is no command where it says %j", (body) => {
    expect(readIssueCommentEvent(commented(body), SETTINGS)).toEqual({
      kind: "ignored",
      reason: "the comment gives no command",
    });
  });

  test("asks by hand, at the time of the comment, for whoever wrote it", () => {
    const payload = commented("/agent retry", {
      comment: { body: "/agent retry", id: 99, created_at: "2026-01-02T03:04:05Z" },
      sender: { login: "mona", type: "User" },
    });
    expect(readIssueCommentEvent(payload, SETTINGS)).toMatchObject({
      dispatch: {
        event: "issue_comment",
        sender: { login: "mona" },
        manual: true,
        happenedAt: "2026-01-02T03:04:05Z",
        commentId: 99,
      },
    });
  });

  test.each(["edited", "deleted"])("that was %s is no command", (action) => {
    expect(readIssueCommentEvent(commented("/agent run", { action }), SETTINGS).kind).toBe("ignored");
  });

  test("is ignored on a pull request, and on an issue without the label", () => {
    expect(
      readIssueCommentEvent(
        commented("/agent run", { issue: { labels: LABELS, pull_request: {} } }),
        SETTINGS,
      ).kind,
    ).toBe("ignored");
    expect(readIssueCommentEvent(commented("/agent run", { issue: { labels: [] } }), SETTINGS).kind).toBe(
      "ignored",
    );
  });

  test("is a command on a closed issue too: it is asked for by name", () => {
    expect(
      readIssueCommentEvent(
        commented("/agent retry", { issue: { labels: LABELS, state: "closed" } }),
        SETTINGS,
      ).kind,
    ).toBe("dispatch");
  });
});
