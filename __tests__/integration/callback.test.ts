import { describe, expect, test } from "@jest/globals";
import { openCallback } from "../../src/adapters/callback.ts";
import type { Callback } from "../../src/ports.ts";
import { hmacOf } from "../../src/signature.ts";
import { aClock } from "../builders/clock.ts";
import { type ScriptedGitHub, type Turn, withScriptedGitHub } from "../builders/scripted-github.ts";
import { someSettings } from "../builders/settings.ts";

const SECRET = "the callback's secret";
const DELIVERY = {
  id: "00000000-0000-8000-8000-000000000000",
  body: '{"task_id":"t-1","run_url":"https://x/ü"}',
};

/** Delivers to a receiver that answers so; gives what it saw, the pauses in between, and the error at the end, if any. */
async function deliverTo(...script: Turn[]) {
  return await withScriptedGitHub(script, async (receiver) => {
    const pauses: number[] = [];
    const clock = { pause: async (milliseconds: number) => void pauses.push(milliseconds) };
    const callback = open(receiver, clock, 500);
    const error = await callback?.deliver(DELIVERY).then(
      () => null,
      (thrown: Error) => thrown.message.replace(receiver.url.replace("http://", ""), "HOST"),
    );
    return { requests: receiver.requests, pauses, error };
  });
}

function open(
  { url }: Pick<ScriptedGitHub, "url">,
  clock: Parameters<typeof openCallback>[1]["clock"],
  timeoutMs: number,
): Callback | undefined {
  const settings = someSettings({ "callback-url": `${url}/hooks/agent?key=1`, "callback-secret": SECRET });
  const redact = (text: string) => text.replaceAll("hidden", "***");
  return openCallback(settings, { clock, redact, timeoutMs }).callback;
}

describe("a callback", () => {
  test("is one POST of the JSON, signed as GitHub signs its webhooks", async () => {
    const { requests, error } = await deliverTo({ status: 204 });
    expect(error).toBeNull();
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request).toMatchObject({
      method: "POST",
      path: "/hooks/agent?key=1",
      body: JSON.parse(DELIVERY.body),
    });
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(DELIVERY.body)),
      "x-agent-runner-delivery": DELIVERY.id,
      "x-hub-signature-256": `sha256=${hmacOf(SECRET, DELIVERY.body)}`,
    });
    expect(request?.headers.authorization).toBeUndefined();
  });

  test("is sent again, as the same delivery, where the receiver is out of order", async () => {
    const { requests, pauses, error } = await deliverTo(
      { status: 503 },
      "drop",
      { status: 429, headers: { "retry-after": "3600" } },
      { status: 200 },
    );
    expect(error).toBeNull();
    expect(pauses).toEqual([1000, 2000, 4000]);
    expect(new Set(requests.map(({ headers }) => headers["x-agent-runner-delivery"]))).toEqual(
      new Set([DELIVERY.id]),
    );
    expect(requests).toHaveLength(4);
  });

  test("is given up after four tries", async () => {
    const { requests, error } = await deliverTo(...Array<Turn>(5).fill({ status: 500 }));
    expect(error).toBe("HOST answered 500 (try 4 of 4)");
    expect(requests).toHaveLength(4);
  });

  test("is sent again where no answer comes in time", async () => {
    const { requests, error } = await deliverTo("hang", { status: 200 });
    expect(error).toBeNull();
    expect(requests).toHaveLength(2);
  });

  test.each([400, 401, 404, 410])("is not sent again after a %i", async (status) => {
    const { requests, error } = await deliverTo({ status }, { status: 200 });
    expect(error).toBe(`HOST answered ${status} (try 1 of 4)`);
    expect(requests).toHaveLength(1);
  });

  test.each([301, 302, 307, 308])("follows no %i, wherever it leads", async (status) => {
    await withScriptedGitHub([{ status: 200 }], async (elsewhere) => {
      const { requests, error } = await deliverTo({ status, headers: { location: elsewhere.url } });
      expect(error).toBe(`HOST answered ${status} (try 1 of 4)`);
      expect([requests.length, elsewhere.requests.length]).toEqual([1, 0]);
    });
  });

  test("carries no secret of the run, and its signature is that of what is sent", async () => {
    await withScriptedGitHub([{ status: 200 }], async (receiver) => {
      await open(receiver, aClock(), 500)?.deliver({ ...DELIVERY, body: '{"a":"hidden"}' });
      expect(receiver.requests[0]?.body).toEqual({ a: "***" });
      expect(receiver.requests[0]?.headers["x-hub-signature-256"]).toBe(
        `sha256=${hmacOf(SECRET, '{"a":"***"}')}`,
      );
    });
  });

  test("is none where the workflow names no address", () => {
    expect(openCallback(someSettings(), { clock: aClock(), redact: String })).toEqual({});
  });
});
