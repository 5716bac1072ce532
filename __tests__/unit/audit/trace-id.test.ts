import { describe, expect, test } from "@jest/globals";
import { traceIdIn } from "../../../src/audit/trace-id.ts";

describe("the trace id of an event", () => {
  test.each([
    [{ client_payload: { trace_id: "alert-7" } }],
    [{ inputs: { trace_id: "alert-7" } }],
    [{ inputs: { "trace-id": "alert-7" } }],
    [{ client_payload: { trace_id: "alert-7" }, inputs: null, action: "alert-triggered" }],
  ])("is read from %p", (payload) => {
    expect(traceIdIn(payload)).toBe("alert-7");
  });

  test.each([
    [undefined],
    [null],
    [{}],
    [{ client_payload: null }],
    [{ client_payload: { trace_id: 7 } }],
    [{ client_payload: { trace_id: "" } }],
    [{ client_payload: { trace_id: "two words" } }],
    [{ client_payload: { trace_id: "a\nb" } }],
    [{ inputs: { trace_id: "x".repeat(256) } }],
  ])("is none in %p", (payload) => {
    expect(traceIdIn(payload)).toBeNull();
  });
});
