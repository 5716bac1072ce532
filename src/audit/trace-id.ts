import { z } from "zod";
import { TRACE_ID } from "../identifiers.ts";

const fields = z.record(z.string(), z.unknown()).nullish();
const payloadShape = z.looseObject({ client_payload: fields, inputs: fields });

/** The trace id that an event's sender gave: `trace_id` of its `client_payload` or of its inputs; `null` where none fits. */
export function traceIdIn(payload: unknown): string | null {
  const parsed = payloadShape.safeParse(payload);
  if (!parsed.success) return null;
  const { client_payload: called, inputs } = parsed.data;
  const given = [called?.trace_id, inputs?.trace_id, inputs?.["trace-id"]];
  return given.find((id): id is string => typeof id === "string" && TRACE_ID.test(id)) ?? null;
}
