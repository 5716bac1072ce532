import { z } from "zod";
import { TaskFailure } from "../failure.ts";
import type { Trigger } from "../task.ts";
import { eventShape, issueNumberShape, readPayload } from "./payload.ts";
import { manualDispatch, type TriggerReader } from "./trigger.ts";

const optional = z.string().nullish();
const shape = eventShape.extend({
  client_payload: z.object({
    issue_number: issueNumberShape,
    task_id: optional,
    instruction: optional,
    title: optional,
    user_id: optional,
    target_repo: optional,
    target_repository: optional,
    signature: optional,
    expires: optional,
  }),
});

/** A backend's call: `client_payload` names a dispatch issue, or carries a whole task that gets one. */
export const readRepositoryDispatchEvent: TriggerReader = (payload, settings): Trigger => {
  const { client_payload: task, repository, sender } = readPayload("repository_dispatch", shape, payload);
  const issue = task.issue_number ?? settings.issueNumber;
  if (issue) return manualDispatch("repository_dispatch", repository.full_name, issue, sender);
  const missing = !task.task_id ? "task_id" : !task.instruction?.trim() ? "instruction" : null;
  if (missing || !task.task_id || !task.instruction) {
    throw new TaskFailure(
      "invalid-event",
      `The event \`repository_dispatch\` lacks \`client_payload.${missing}\`: send \`issue_number\`, or a whole task with \`task_id\` and \`instruction\`.`,
    );
  }
  return {
    kind: "unfiled",
    repository: repository.full_name,
    sender,
    payload: {
      taskId: task.task_id,
      instruction: task.instruction,
      // Backends send an empty text for what they do not know.
      title: task.title || null,
      userId: task.user_id || null,
      targetRepository: task.target_repo || task.target_repository || null,
      ...(task.signature && task.expires
        ? { signed: { signature: task.signature, expires: task.expires } }
        : {}),
    },
  };
};
