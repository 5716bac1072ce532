import { createHmac, randomUUID } from "node:crypto";
import type { State } from "./state.ts";

/** An event as a hook receives it; `payload` comes from the builders in `events.ts`. */
export interface WebhookEvent {
  repository: string;
  name: string;
  payload: Record<string, unknown>;
}

/** Posts an event to the hooks that want it, as GitHub does, and keeps the deliveries; a dead hook counts as 502. */
export async function deliver(state: State, event: WebhookEvent): Promise<number[]> {
  const hooks = state.repository(event.repository).hooks.filter(({ events }) => events.includes(event.name));
  const body = JSON.stringify(event.payload);
  return Promise.all(
    hooks.map(async (hook) => {
      const guid = randomUUID();
      const headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/loopback",
        "x-github-event": event.name,
        "x-github-delivery": guid,
        "x-github-hook-id": String(hook.id),
        "x-hub-signature-256": `sha256=${createHmac("sha256", hook.secret).update(body).digest("hex")}`,
      };
      const status = await fetch(hook.url, { method: "POST", headers, body }).then(
        (answer) => answer.status,
        () => 502,
      );
      const action = typeof event.payload.action === "string" ? event.payload.action : null;
      hook.deliveries.push({ id: state.nextId(), guid, event: event.name, action, status, at: state.now() });
      return status;
    }),
  );
}
