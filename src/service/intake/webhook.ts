import { TaskFailure } from "../../failure.ts";
import type { Settings } from "../../inputs.ts";
import type { RepositoryName } from "../../task.ts";
import { eventShape, readPayload } from "../../triggers/payload.ts";
import { readTrigger } from "../../triggers/registry.ts";
import { firstJob, type Job } from "../queue/queue.ts";

/** The events that a webhook for the service is to send. */
export const WEBHOOK_EVENTS = ["issues", "issue_comment"] as const;

/** What a delivery asks for. */
export type Delivery = { kind: "job"; job: Job } | { kind: "ignored"; reason: string };

/** Reads a delivery whose signature was checked. Throws `invalid-event` where its payload does not fit its event. */
export function readDelivery(
  eventName: string,
  payload: unknown,
  settings: Settings,
  repositories: RepositoryName[],
): Delivery {
  if (!WEBHOOK_EVENTS.some((name) => name === eventName)) {
    return { kind: "ignored", reason: `the event \`${eventName}\` starts no task` };
  }
  const { repository, sender } = readPayload(eventName, eventShape, payload);
  const name = repository.full_name;
  if (!repositories.some((known) => known.toLowerCase() === name.toLowerCase())) {
    return { kind: "ignored", reason: `\`${name}\` is not one of the dispatch repositories` };
  }
  const trigger = readTrigger({ eventName, payload, repository: name, actor: sender }, settings);
  if (trigger.kind === "ignored") return trigger;
  if (trigger.kind === "unfiled") throw new TaskFailure("invalid-event", "A webhook carries no whole task.");
  const { dispatch } = trigger;
  const since = dispatch.happenedAt ?? new Date(0).toISOString();
  return { kind: "job", job: firstJob(dispatch, dispatch.issue ?? { labels: [], title: "" }, since) };
}
