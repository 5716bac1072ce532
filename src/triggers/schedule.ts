import { GHOST } from "./payload.ts";
import { ignored, type PlacedTriggerReader } from "./trigger.ts";

/**
 * A clock wishes for nothing: the issue that the workflow names is run for whoever asked for it there, which `prepare` looks up.
 * Until then the sender is nobody, who may start nothing.
 */
export const readScheduleEvent: PlacedTriggerReader = (_payload, { issueNumber }, repository) => {
  if (!issueNumber) return ignored("the event `schedule` starts no task");
  return {
    kind: "dispatch",
    dispatch: {
      event: "schedule",
      repository,
      issueNumber,
      sender: GHOST,
      manual: false,
      happenedAt: null,
      issue: null,
      commentId: null,
    },
  };
};
