import type { Sink } from "../../audit/delivery.ts";
import { post } from "../post.ts";

const EVENTS_PATH = "/v1/events";

/** A service that takes events as the AIMgentix API does: one a call, answered by 201. */
export function createSink(base: URL, token: string | null): Sink {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(EVENTS_PATH) ? path : `${path}${EVENTS_PATH}`;
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return { send: (event, signal) => post(url, headers, Buffer.from(event), signal) };
}
