import type { Settings } from "../inputs.ts";
import type { Actor, Dispatch, RepositoryName, Trigger } from "../task.ts";

/** Turns a webhook payload into a trigger; throws `invalid-event` where a field is missing or wrong. */
export type TriggerReader = (
  payload: unknown,
  settings: Pick<Settings, "triggerLabel" | "issueNumber">,
) => Trigger;

/** The same for an event whose payload may not say whose workflow runs. */
export type PlacedTriggerReader = (
  ...given: [...Parameters<TriggerReader>, repository: RepositoryName]
) => Trigger;

/** Asked for by hand: the trigger label is not needed, and the event does not say when it happened. */
export function manualDispatch(
  event: Dispatch["event"],
  repository: RepositoryName,
  issueNumber: number,
  sender: Actor,
): Trigger {
  return {
    kind: "dispatch",
    dispatch: {
      event,
      repository,
      issueNumber,
      sender,
      manual: true,
      happenedAt: null,
      issue: null,
      commentId: null,
    },
  };
}

export function ignored(reason: string): Trigger {
  return { kind: "ignored", reason };
}
