import { z } from "zod";
import type { Trigger } from "../task.ts";
import { eventShape, hasLabel, issueShape, labelShape, readPayload, toIssue } from "./payload.ts";
import { ignored, type TriggerReader } from "./trigger.ts";

const shape = eventShape.extend({ action: z.string(), issue: issueShape, label: labelShape.optional() });

/** An issue that was opened with the trigger label, or got it. Other labels and actions start nothing. */
export const readIssuesEvent: TriggerReader = (payload, { triggerLabel }): Trigger => {
  const { action, issue, label, repository, sender } = readPayload("issues", shape, payload);
  const found = toIssue(repository.full_name, issue);
  if (action !== "opened" && action !== "labeled") return ignored(`issues.${action} starts no task`);
  const relevant = action === "labeled" ? [label?.name ?? ""] : found.labels;
  if (!hasLabel(relevant, triggerLabel)) return ignored(`the label is not \`${triggerLabel}\``);
  if (found.isPullRequest) return ignored("pull requests are not dispatch issues");
  if (found.state === "closed") return ignored("the issue is closed");
  return {
    kind: "dispatch",
    dispatch: {
      event: "issues",
      repository: found.repository,
      issueNumber: found.number,
      sender,
      manual: false,
      happenedAt: found.updatedAt,
      issue: found,
      commentId: null,
    },
  };
};
