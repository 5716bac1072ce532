import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { withListening } from "../builders/listening.ts";
import { until } from "../builders/service.ts";

const SECRET = "webhook-secret";
const signed = (body: string) => ({
  "x-github-event": "issues",
  "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
});

/** Plays `act` with a webhook that takes deliveries, over one connection where that stays open; gives the answer's status. */
async function withWebhook(
  act: (
    deliver: (body: string, headers: Record<string, string>, path?: string) => Promise<number>,
  ) => Promise<void>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    await withListening({ webhookSecret: SECRET, statusToken: "correct-horse-battery" }, async ({ url }) => {
      await act(
        (body, headers, path = "/webhook") =>
          new Promise((resolve, reject) => {
            const options = { method: "POST", agent, headers };
            const sent = request(url + path, options, (response) => {
              response.resume().on("end", () => resolve(response.statusCode ?? 0));
            });
            sent.on("error", reject).end(body);
          }),
      );
    });
  } finally {
    agent.destroy();
  }
}

describe("the webhook", () => {
  test("does not warn of whoever breaks off in the middle of a delivery", async () => {
    await withListening({ webhookSecret: SECRET }, async ({ url, log }) => {
      const headers = { ...signed("{}"), "content-length": 2 };
      const sent = request(`${url}/webhook`, { method: "POST", headers }).on("error", () => {});
      sent.write("{", () => sent.destroy());
      await until("the server has seen it", () => log.lines.some(({ level }) => level !== "info"));
      expect([log.texts("warning"), log.texts("debug")]).toEqual([
        [],
        [expect.stringContaining("went away")],
      ]);
    });
  });

  test("takes what is signed, and nothing else", async () => {
    await withWebhook(async (deliver) => {
      const { "x-hub-signature-256": signature, ...bare } = signed("{}");
      expect(await deliver("{}", signed("{}"))).toBe(202);
      expect(await deliver("{}", bare)).toBe(401);
      expect(await deliver("{}", { ...bare, "x-hub-signature": signature })).toBe(401);
      expect(await deliver("{} ", signed("{}"))).toBe(401);
      expect(await deliver("", signed(""))).toBe(401);
    });
  });

  test("refuses what is signed and no JSON, such as a form", async () => {
    await withWebhook(async (deliver) => {
      const form = "payload=%7B%7D";
      expect(await deliver(form, signed(form))).toBe(400);
    });
  });

  test.each([
    ["/webhook", 413],
    ["/login", 401],
  ])("refuses what is too long at %s, and answers the next one on that connection", async (path, status) => {
    await withWebhook(async (deliver) => {
      expect(await deliver(" ".repeat(26 * 1024 * 1024), {}, path)).toBe(status);
      expect(await deliver("{}", signed("{}"))).toBe(202);
    });
  });
});
