import { expect, test } from "@jest/globals";
import { readExposition } from "../builders/exposition.ts";
import { withListening } from "../builders/listening.ts";
import { aJob } from "../builders/queued-job.ts";
import { ended, started } from "../builders/service-events.ts";

const TOKEN = "correct-horse-battery";
const EVERYWHERE = { host: "0.0.0.0" };
const ASKED = { ...EVERYWHERE, statusToken: TOKEN };

test("the metrics are served to this machine in Prometheus's text format, as they are now", async () => {
  await withListening({}, async ({ get, metrics }) => {
    metrics.observe(started(aJob(1)));
    metrics.observe(ended(aJob(1)));
    const answer = await get("/metrics");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const { value, counts } = readExposition(await answer.text());
    expect(value("agent_tasks_processed_total", { status: "opened" })).toBe(1);
    expect(counts("agent_tasks_waiting")).toEqual({ normal: 1 });
    metrics.observe(started(aJob(2)));
    expect(readExposition(await (await get("/metrics")).text()).value("agent_tasks_running")).toBe(1);
  });
});

test("the metrics are read-only", async () => {
  await withListening({}, async ({ url }) => {
    const answer = await fetch(`${url}/metrics`, { method: "POST", body: "agent_tasks_running 7" });
    expect(answer.status).toBe(405);
  });
});

test("without a token nobody elsewhere is told them: not from another address, by another name, or through a proxy", async () => {
  await withListening(EVERYWHERE, async ({ get }) => {
    const answer = await get("/metrics");
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining("AGENT_STATUS_TOKEN"),
    ]);
  });
  await withListening({}, async ({ get }) => {
    expect((await get("/metrics", { "x-forwarded-for": "203.0.113.7" })).status).toBe(403);
  });
});

test("with a token they are told to whoever has it, as a Bearer token", async () => {
  await withListening(ASKED, async ({ get }) => {
    for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: `Basic ${TOKEN}` }]) {
      const answer = await get("/metrics", headers as Record<string, string>);
      expect([answer.status, await answer.text()]).toEqual([401, "no token\n"]);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect((await get(`/metrics?token=${TOKEN}`)).status).toBe(401);
    const answer = await get("/metrics", { authorization: `Bearer ${TOKEN}`, host: "metrics.example" });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("agent_runner_info")]);
  });
});

test("a queue that cannot be read costs its own numbers only", async () => {
  const waiting = async () => Promise.reject(new Error("Redis is gone"));
  await withListening({ waiting }, async ({ get, log }) => {
    const answer = await get("/metrics");
    const { value } = readExposition(await answer.text());
    expect([answer.status, value("agent_queue_up"), value("agent_tasks_concurrency")]).toEqual([200, 0, 2]);
    expect(log.texts("warning")).toEqual([expect.stringContaining("Redis is gone")]);
  });
});

test.each([
  [{}, "status page at /, metrics at /metrics."],
  [EVERYWHERE, "no status page or metrics without AGENT_STATUS_TOKEN."],
  [ASKED, "status page at /, metrics at /metrics."],
  [{ webhookSecret: "secret" }, "status page at /, metrics at /metrics, webhook at /webhook."],
])("the log says where they are: %p", async (change, words) => {
  await withListening(change, async ({ log }) => {
    expect(log.texts("info")).toEqual([expect.stringMatching(/^Listening on http:/)]);
    expect(log.texts("info")[0]).toContain(words);
  });
});
