import { createRequire } from "node:module";

type Payload = Record<string, unknown> & { action?: string };

/** GitHub's published examples of an event's payloads. */
export function publishedPayloads(event: string): Payload[] {
  const all: { name: string; examples: Payload[] }[] = createRequire(import.meta.url)(
    "@octokit/webhooks-examples",
  );
  return structuredClone(all.find(({ name }) => name === event)?.examples ?? []);
}

/** A published payload with some of its fields changed; objects are merged. */
export function aPayload(event: string, action: string | null, change: object = {}): Payload {
  const found = publishedPayloads(event).find((each) => action === null || each.action === action);
  if (!found) throw new Error(`There is no published example of ${event} ${action}.`);
  return merge(found, change) as Payload;
}

function merge(old: unknown, change: unknown): unknown {
  if (!isPlain(old) || !isPlain(change)) return change;
  const merged = Object.entries(change).map(([key, value]) => [key, merge(old[key], value)]);
  return { ...old, ...Object.fromEntries(merged) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
