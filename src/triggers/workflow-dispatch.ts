import { z } from "zod";
import { TaskFailure } from "../failure.ts";
import { eventShape, issueNumberShape, readPayload } from "./payload.ts";
import { manualDispatch, type TriggerReader } from "./trigger.ts";

const shape = eventShape.extend({
  inputs: z.object({ "issue-number": issueNumberShape, issue_number: issueNumberShape }).nullish(),
});

/** A manual run: the issue is the action's input `issue-number`, or the workflow's own input of that name. */
export const readWorkflowDispatchEvent: TriggerReader = (payload, settings) => {
  const { inputs, repository, sender } = readPayload("workflow_dispatch", shape, payload);
  const issue = settings.issueNumber ?? inputs?.["issue-number"] ?? inputs?.issue_number;
  if (!issue) {
    throw new TaskFailure(
      "invalid-event",
      "The event `workflow_dispatch` names no issue: give the workflow an input `issue-number` (or the action its input `issue-number`).",
    );
  }
  return manualDispatch("workflow_dispatch", repository.full_name, issue, sender);
};
