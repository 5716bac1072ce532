import { z } from "zod";
import { isMarked } from "../situation.ts";
import type { Trigger } from "../task.ts";
import { eventShape, hasLabel, issueShape, readPayload, toIssue } from "./payload.ts";
import { ignored, type TriggerReader } from "./trigger.ts";

const shape = eventShape.extend({
  action: z.string(),
  issue: issueShape,
  comment: z.object({ id: z.number().int(), body: z.string().nullable(), created_at: z.string() }),
});

/** `/agent run` or `/agent retry` alone on the first line; telephones begin with a capital. What we wrote ourselves is none. */
export function isRunCommand(body: string | null): boolean {
  return !isMarked(body ?? "") && /^\s*\/agent[ \t]+(?:run|retry)[ \t]*(?:[\r\n]|$)/i.test(body ?? "");
}

/** A new comment on a dispatch issue that asks for a run. */
export const readIssueCommentEvent: TriggerReader = (payload, { triggerLabel }): Trigger => {
  const { action, comment, issue, repository, sender } = readPayload("issue_comment", shape, payload);
  const found = toIssue(repository.full_name, issue);
  if (action !== "created") return ignored(`issue_comment.${action} starts no task`);
  if (!isRunCommand(comment.body)) return ignored("the comment gives no command");
  if (found.isPullRequest) return ignored("pull requests are not dispatch issues");
  if (!hasLabel(found.labels, triggerLabel)) return ignored(`the issue is not labelled \`${triggerLabel}\``);
  return {
    kind: "dispatch",
    dispatch: {
      event: "issue_comment",
      repository: found.repository,
      issueNumber: found.number,
      sender,
      manual: true,
      happenedAt: comment.created_at,
      issue: found,
      commentId: comment.id,
    },
  };
};
