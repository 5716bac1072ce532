import type { Settings } from "../inputs.ts";
import type { Actor, RepositoryName, Trigger } from "../task.ts";
import { readIssueCommentEvent } from "./issue-comment.ts";
import { readIssuesEvent } from "./issues.ts";
import { readRepositoryDispatchEvent } from "./repository-dispatch.ts";
import { readScheduleEvent } from "./schedule.ts";
import { ignored, manualDispatch, type PlacedTriggerReader } from "./trigger.ts";
import { readWorkflowDispatchEvent } from "./workflow-dispatch.ts";

/** The events that can start a task: one line, one file each. */
const TRIGGERS: Record<string, PlacedTriggerReader> = {
  issues: readIssuesEvent,
  issue_comment: readIssueCommentEvent,
  workflow_dispatch: readWorkflowDispatchEvent,
  repository_dispatch: readRepositoryDispatchEvent,
  schedule: readScheduleEvent,
};

/** Reads the event that set the workflow off; an event that starts no task is `ignored`. */
export function readTrigger(
  event: { eventName: string; payload: unknown; repository: RepositoryName; actor: Actor },
  settings: Pick<Settings, "triggerLabel" | "issueNumber">,
): Trigger {
  const read = Object.hasOwn(TRIGGERS, event.eventName) ? TRIGGERS[event.eventName] : undefined;
  if (read) return read(event.payload, settings, event.repository);
  // Any other event (a `workflow_run`, say) runs the issue that the workflow names.
  if (settings.issueNumber) {
    return manualDispatch("workflow_dispatch", event.repository, settings.issueNumber, event.actor);
  }
  return ignored(`the event \`${event.eventName}\` starts no task`);
}
